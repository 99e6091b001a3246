"""The pupil's page, rendered once by Voilà; each session gets it with names of its own in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import nbformat
from voila.notebook_renderer import NotebookRenderer

from instrument.serving.sessions.session import Session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from instrument.serving.sessions.names import Names
    from instrument.serving.sessions.notebook import CompiledNotebook

REHEARSAL: Final = "00000000-0000-4000-8000-000000000000"
"""The session that runs before there is anybody; its names stand in the page where others will."""


class SessionRenderer(NotebookRenderer):
    """Voilà's renderer on a notebook that has run in a session: it starts no kernel."""

    def __init__(self, outputs: list[list[dict[str, Any]]], **options: Any) -> None:  # noqa: ANN401 - as Voilà's
        super().__init__(**options)
        self._outputs = outputs

    async def _jinja_kernel_start(self, *_: object, **__: object) -> str:
        return REHEARSAL

    async def _jinja_cell_generator(self, nb: Any, kernel_id: str) -> AsyncIterator[Any]:  # noqa: ANN401, ARG002 - as Voilà's
        for cell, outputs in zip(nb.cells, self._outputs, strict=True):
            if cell.cell_type == "code":
                cell.outputs = [nbformat.from_dict(output) for output in outputs]  # type: ignore[no-untyped-call]  # nbformat's
            yield cell


class Page:
    """The page in pieces, and between them the places where a session's names come."""

    def __init__(self, html: str, names: Names, *, n_comms: int) -> None:
        self._names = names
        of_rehearsal = {names.comm(REHEARSAL, number): number for number in range(1, n_comms + 1)}
        pattern = "|".join(map(re.escape, (REHEARSAL, *of_rehearsal)))
        pieces = re.split(f"({pattern})", html)
        self._pieces = [piece.encode() for piece in pieces[::2]]
        self._places = [of_rehearsal.get(place, 0) for place in pieces[1::2]]

    def of(self, name: str) -> bytes:
        """Return the page of a session."""
        known = {0: name.encode()}
        for number in set(self._places) - {0}:
            known[number] = self._names.comm(name, number).encode()
        places = [known[number] for number in self._places]
        between = (part for pair in zip(places, self._pieces[1:], strict=True) for part in pair)
        return b"".join((self._pieces[0], *between))


async def rendered(notebook: CompiledNotebook, names: Names, **options: Any) -> Page:  # noqa: ANN401 - as Voilà's renderer
    """Run the notebook once and return the page that Voilà makes of it; raises `SessionOver`."""
    rehearsal = Session(REHEARSAL, names)
    rehearsal.start(notebook)
    renderer = SessionRenderer(rehearsal.outputs, **options)
    await renderer.initialize()
    html = await renderer.generate_content_str()
    n_comms = rehearsal.n_comms
    rehearsal.end()
    return Page(html, names, n_comms=n_comms)
