"""Typst as this house uses it, and nobody else calls it: PDF/UA-1, the same letters everywhere, no clock.

Data go in as JSON and are never read as markup. A process keeps one compiler per template, with the fonts and
the layout it has read: a next document costs a third.
"""

from __future__ import annotations

import json
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from instrument.paper.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FONTS: Final = Path(__file__).parents[1] / "interchange" / "fonts"
NO_SIGN: Final = "could not be displayed"
"""What Typst says of a sign that no font has; an accessible PDF may not show a gap."""
_TURN: Final = threading.Lock()


def typeset(template: Path, document: Mapping[str, Any], *, dated: datetime | None = None) -> bytes:
    """Return the PDF of a template, which finds the document in its inputs; equal input, equal bytes.

    A sign that no font has, such as an emoji in the name of a school, becomes a white square.
    """
    import typst  # noqa: PLC0415 - only for whoever writes a file

    with _TURN:  # a compiler serves one at a time
        try:
            return _compiled(template, document, dated)
        except typst.TypstError as fault:
            if NO_SIGN not in str(fault):
                raise
            return _compiled(template, printable(dict(document)), dated)


def _compiled(template: Path, document: Mapping[str, Any], dated: datetime | None) -> bytes:
    pdf: bytes = _compiler(template).compile(
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"document": json.dumps(document, ensure_ascii=False)},
        timestamp=dated,
    )
    return pdf


@cache
def _compiler(template: Path) -> Any:  # noqa: ANN401 - typst publishes no types
    import typst  # noqa: PLC0415 - as above

    return typst.Compiler(template, font_paths=[FONTS], ignore_system_fonts=True)
