"""A letter to parents and an instruction for teachers: our words or the school's own, filled in and printed.

The words are text and stay text: a line that begins with `# ` is a heading, with `- ` a point of a list, an
empty line ends a paragraph. What stands in braces is filled in where it is known; nothing is ever run.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from instrument.paper.typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE: Final = Path(__file__).parent
KINDS: Final = ("ouders", "leerkracht", "herinnering")
FIELDS: Final = ("school", "schooljaar", "eerste_dag", "laatste_dag", "adres")
"""What may stand in braces."""
HEADING, POINT = "# ", "- "


@cache
def own(kind: str) -> str:
    """Return our words for a kind of letter."""
    return (HERE / "texts" / f"{kind}.txt").read_text("utf-8").strip()


def filled_in(text: str, known: Mapping[str, str]) -> str:
    """Return a text with what is known in the place of its braces; other braces stay."""
    for name in FIELDS:
        text = text.replace("{" + name + "}", known.get(name, "…"))
    return text


def as_pdf(text: str, known: Mapping[str, str], *, simulated: bool = False) -> bytes:
    """Return a letter as PDF/UA."""
    blocks = list(_blocks(filled_in(text, known)))
    title = next((block["text"] for block in blocks if block["kind"] == "heading"), known.get("school", ""))
    return typeset(
        HERE / "letter.typ",
        {"school": known.get("school", ""), "title": title, "blocks": blocks, "simulated": simulated},
    )


def _blocks(text: str) -> Iterator[dict[str, Any]]:
    for part in text.replace("\r\n", "\n").split("\n\n"):
        yield from _of_part([line.strip() for line in part.split("\n") if line.strip()])


def _of_part(lines: list[str]) -> Iterator[dict[str, Any]]:
    points, words = list[str](), list[str]()
    for line in lines:
        if line.startswith(HEADING):
            yield {"kind": "heading", "text": line.removeprefix(HEADING)}
        elif line.startswith(POINT):
            points.append(line.removeprefix(POINT))
        else:
            words.append(line)
    if words:
        yield {"kind": "paragraph", "lines": words}
    if points:
        yield {"kind": "list", "points": points}
