"""The templates of the report on paper; Typst also draws the charts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from instrument.paper import typesetting

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES: Final = Path(__file__).parent / "templates"


def typeset(template: str, words: Mapping[str, Any]) -> bytes:
    """Return the PDF of a template; the same words give the same bytes."""
    return typesetting.typeset(TEMPLATES / f"{template}.typ", words)
