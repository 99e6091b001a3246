"""What a browser loads of the pupil's page: one module, one style; plain JavaScript, with no build step."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

PARTS: Final = ("line.js", "outbox.js", "branching.js", "voice.js", "answers.js", "screens.js", "leerling.js")
"""Read in this order they are one module: a browser asks once, and JupyterLab takes no more than one."""
FOLDER: Final = Path(__file__).parent
FONT: Final = FOLDER / "fonts" / "atkinson-hyperlegible-next.woff2"


@cache
def module() -> str:
    """Return the module; its default export is anywidget's `{render}`."""
    return "\n".join((FOLDER / part).read_text("utf-8") for part in PARTS)


@cache
def style() -> str:
    """Return the style sheet; everything in it is under `.leerling`."""
    return (FOLDER / "leerling.css").read_text("utf-8")
