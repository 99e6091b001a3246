"""The verantwoordingsdocument: runs the notebooks, and sets what they found as a page and on paper.

Every number comes out of an executed notebook. Same data, same code: same bytes; no clock is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import typst

from export.account import notebooks, research_file, thresholds
from export.account.claims import claims_table
from export.account.page import page
from export.account.texts import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

TEMPLATE: Final = Path(__file__).parent / "templates" / "verantwoording.typ"
NAME: Final = "verantwoording"

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what starts now, how many steps are done, and how many there are."""


def write(out: Path, *, data: Path | None = None, progress: Progress = lambda *_: None) -> tuple[Path, Path]:
    """Write verantwoording.html and verantwoording.pdf in `out` and return their paths.

    Without `data` the account is on the seeded simulation, and says so on every page. Nothing is written
    unless everything succeeded.

    Raises:
        ResearchFileError: the research file cannot be used.
        NotebookError: a notebook stopped on these data.
    """
    if data is not None:
        research_file.read(data)  # refuse a bad file before kernels start
    executed = _executed(data, progress)
    n_steps = len(notebooks.OF_THE_ACCOUNT) + 1
    progress(NAME, n_steps - 1, n_steps)
    html, pdf = _documents(executed)
    out.mkdir(parents=True, exist_ok=True)
    paths = (out / f"{NAME}.html", out / f"{NAME}.pdf")
    paths[0].write_text(html, "utf-8")
    paths[1].write_bytes(pdf)
    progress(NAME, n_steps, n_steps)
    return paths


def _executed(data: Path | None, progress: Progress) -> dict[str, NotebookNode]:
    n_steps = len(notebooks.OF_THE_ACCOUNT) + 1
    executed = {}
    for n_done, name in enumerate(notebooks.OF_THE_ACCOUNT):
        progress(name, n_done, n_steps)
        executed[name] = notebooks.execute(name, data=data)
    return executed


def _documents(executed: Mapping[str, NotebookNode]) -> tuple[str, bytes]:
    facts: dict[str, Any] = {}
    sections: dict[str, Any] = {}
    for notebook in executed.values():
        found = notebooks.findings(notebook)
        facts |= found["facts"]
        sections |= found["sections"]
    account, claims = _account(facts), claims_table(facts)
    paper = {**account, "claims": asdict(claims), "sections": sections}
    return page(account, claims, executed), _typeset(paper)


def _account(facts: Mapping[str, Any]) -> dict[str, Any]:
    words = texts()
    dated = date.fromisoformat(facts["dated"])
    return {
        "title": words["title"].format(**facts),
        "subtitle": words["subtitle"].format(**facts),
        "intro": words["intro"]["text"].format(level_of_use=thresholds.load().level_of_use),
        "simulated": facts["simulated"],
        "banner": words["simulated"],
        "date": [dated.year, dated.month, dated.day],
        "page": words["page"],
        "bar_heading": words["answers"]["bar"],
        "headings": words["sections"],
        "not_shown": words["not_shown"]["points"],
    }


def _typeset(paper: Mapping[str, Any]) -> bytes:
    year, month, day = paper["date"]
    return typst.compile(
        TEMPLATE,
        sys_inputs={"account": json.dumps(paper, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=datetime(year, month, day, tzinfo=UTC),
    )
