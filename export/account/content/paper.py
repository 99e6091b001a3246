"""A paper of headings, sentences, lists and tables as PDF/UA-1; the same paper gives the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from export.account.texts import texts
from instrument.paper.typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Sequence

TEMPLATE: Final = Path(__file__).parent / "templates" / "inhoud.typ"

Block: TypeAlias = dict[str, Any]
"""`kind` is heading or text (with `text`), list or steps (`items`), table (`caption columns rows widths`)."""


@dataclass(frozen=True, slots=True)
class Paper:
    """All that stands on a paper, in order."""

    title: str
    subtitle: str
    footer: str
    blocks: tuple[Block, ...]
    landscape: bool = False


def heading(text: str) -> Block:
    """Return a heading."""
    return {"kind": "heading", "text": text}


def table(part: dict[str, Any], rows: Sequence[tuple[str, ...]]) -> Block:
    """Return a table with the caption, columns and widths of a part of the texts."""
    known = {key: part[key] for key in ("caption", "columns", "widths")}
    return {"kind": "table", **known, "rows": rows}


def filled(block: Block, **fields: str) -> Block:
    """Return a block of the texts with its fields filled in."""
    return {key: _filled(value, fields) for key, value in block.items()}


def as_pdf(paper: Paper) -> bytes:
    """Return the bytes of the PDF."""
    content = {
        "title": paper.title, "subtitle": paper.subtitle, "footer": paper.footer, "blocks": paper.blocks,
        "landscape": paper.landscape, "page": texts()["page"],
    }  # fmt: skip
    return typeset(TEMPLATE, content)


def _filled(value: Any, fields: dict[str, str]) -> Any:  # noqa: ANN401 - text, or lists of it
    if isinstance(value, str):
        return value.format(**fields)
    return [_filled(each, fields) for each in value] if isinstance(value, list) else value
