"""The account as one HTML file: the claims, then every notebook with its outputs; loads nothing."""

from __future__ import annotations

from copy import deepcopy
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Final

from nbconvert.exporters import HTMLExporter

from export.account.texts import texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbformat import NotebookNode

TEMPLATE: Final = Path(__file__).parent / "templates" / "verantwoording.html"


def page(account: Mapping[str, Any], claims: Mapping[str, Any], notebooks: Mapping[str, NotebookNode]) -> str:
    """Return the page; the same account and notebooks give the same text."""
    headings = texts()["sections"]
    return Template(TEMPLATE.read_text("utf-8")).substitute(
        title=escape(account["title"]),
        subtitle=escape(account["subtitle"]),
        intro=escape(account["intro"]),
        banner=f'<header class="simulated">{escape(account["banner"])}</header>'
        if account["simulated"]
        else "",
        claims_heading=escape(headings["claims"]),
        claims=_table(claims),
        not_shown_heading=escape(headings["not_shown"]),
        not_shown=_list(account["not_shown"]),
        notebooks_heading=escape(headings["notebooks"]),
        contents="\n".join(f'<li><a href="#rekenblad-{name}">{escape(name)}</a></li>' for name in notebooks),
        notebooks="\n".join(_section(name, notebook) for name, notebook in notebooks.items()),
        offline=escape(texts()["offline"]),
    )


def _table(table: Mapping[str, Any]) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table["columns"])
    rows = "\n".join(_row(row) for row in table["rows"])
    body = f"<caption>{escape(table['caption'])}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    label, note = escape(texts()["aria_tables"]), escape(table["note"])
    scrolling = f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">'
    return f'{scrolling}<table>{body}</table></div><p class="note">{note}</p>'


def _row(cells: Sequence[str]) -> str:
    first, *rest = (escape(cell) for cell in cells)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'


def _list(points: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(point)}</li>' for point in points)}</ul>"


def _section(name: str, notebook: NotebookNode) -> str:
    exporter = HTMLExporter(  # type: ignore[no-untyped-call] # nbconvert has no types
        template_name="basic", anchor_link_text="", exclude_input_prompt=True, exclude_output_prompt=True
    )
    body, _ = exporter.from_notebook_node(_with_drawings_inline(notebook))
    return f'<section class="notebook" id="rekenblad-{name}">{body}</section>'


def _with_drawings_inline(notebook: NotebookNode) -> NotebookNode:
    # nbconvert would put an SVG in an img whose alternative text says nothing; ours has a title and desc
    inline = deepcopy(notebook)
    for cell in inline.cells:
        for output in cell.get("outputs", ()):
            drawing = output.get("data", {}).pop("image/svg+xml", None)
            if drawing is not None:
                output.data["text/html"] = drawing
    return inline
