"""The report on paper: an accessible PDF (PDF/UA-1), typeset by Typst, which also draws the charts."""

from __future__ import annotations

import json
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from instrument.interchange.paper import FONTS
from instrument.interchange.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_SIGN: Final = "could not be displayed"
"""What Typst says where a name or the school's own text holds a sign that no font has."""
TEMPLATES: Final = Path(__file__).parent / "templates"

_TURN: Final = threading.Lock()


def typeset(template: str, words: Mapping[str, Any]) -> bytes:
    """Return the PDF of a template; the same words give the same bytes.

    A process keeps one compiler per template, with fonts and layout it has read: a next report costs a third.
    """
    import typst  # noqa: PLC0415 - only for whoever writes a file

    with _TURN:  # a compiler serves one at a time
        try:
            return _compiled(template, words)
        except typst.TypstError as fault:
            if NO_SIGN not in str(fault):
                raise
            return _compiled(template, printable(words))


def _compiled(template: str, words: Mapping[str, Any]) -> bytes:
    pdf: bytes = _compiler(template).compile(
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"report": json.dumps(words, ensure_ascii=False)},
    )
    return pdf


@cache
def _compiler(template: str) -> Any:  # noqa: ANN401 - typst publishes no types
    import typst  # noqa: PLC0415 - only for whoever writes a file

    return typst.Compiler(
        TEMPLATES / f"{template}.typ",
        font_paths=[FONTS],
        ignore_system_fonts=True,  # the same letters everywhere
    )
