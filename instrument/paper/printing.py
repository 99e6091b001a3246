"""Typst as this house uses it: our own letters, PDF/UA-1, no date, and data that is never read as markup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
FONTS: Final = HERE.parent / "interchange" / "fonts"


def as_pdf(template: str, document: dict[str, Any]) -> bytes:
    """Return a template of this folder, filled with a document of plain values; equal input, equal bytes."""
    import typst  # noqa: PLC0415 - only for whoever prints

    pdf: bytes = typst.compile(
        HERE / template,
        format="pdf",
        font_paths=[FONTS],
        ignore_system_fonts=True,  # the same letters everywhere
        pdf_standards=["ua-1"],
        sys_inputs={"paper": json.dumps(document, ensure_ascii=False)},
    )
    return pdf
