"""The verantwoordingsdocument: runs the notebooks, and sets what they found on a page and paper.

Every number comes out of an executed notebook. Same data, same code: same bytes; no clock is read.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from export.account import collected, evidence, notebooks, population, research_file, thresholds
from export.account.notebooks import Inputs
from export.account.page import page
from export.account.paper import account, as_pdf, paper
from export.account.parts import coverage
from export.account.provenance import hash_of_code

if TYPE_CHECKING:
    from nbformat import NotebookNode

NAME: Final = "verantwoording"
KERNELS_AT_ONCE: Final = 2
MANY: Final = 200_000
"""Respondents of whom one kernel at once is memory enough: two would ask 5 GB for a whole country."""

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what starts now, how many steps are done, and how many there are."""


def write(  # noqa: PLR0913 - a file of each kind, each optional
    out: Path,
    *,
    data: Path | None = None,
    population_file: Path | None = None,
    thresholds_file: Path | None = None,
    ratings_files: tuple[Path, ...] = (),
    progress: Progress = lambda *_: None,
) -> tuple[Path, ...]:
    """Write verantwoording.html, verantwoording.pdf and evidence.json in `out` and return their paths.

    Without `data` the account is on the seeded simulation, and says so on every page. Without
    `population_file` it says that nothing is known of representativeness, and without `ratings_files` (filled
    in by experts) that the content was not rated. Nothing is written unless everything succeeded.

    Raises:
        ResearchFileError, PopulationError, ThresholdError, RatingSheetError: a file cannot be used.
        NotebookError: a notebook stopped on these data.
    """
    inputs = Inputs(data=data, population=population_file, thresholds=thresholds_file, ratings=ratings_files)
    n_respondents = _check(inputs)
    executed = _executed(inputs, progress, at_once=1 if n_respondents > MANY else KERNELS_AT_ONCE)
    n_steps = len(notebooks.OF_THE_ACCOUNT) + 1
    progress(NAME, n_steps - 1, n_steps)
    with thresholds.using(thresholds_file):
        contents = documents(executed)
    paths = _written(contents, out)
    progress(NAME, n_steps, n_steps)
    return paths


def _check(inputs: Inputs) -> int:
    """Refuse a bad file before kernels start, and return the number of respondents."""
    data = research_file.simulated_data() if inputs.data is None else research_file.read(inputs.data)
    if inputs.population is not None:
        population.read(inputs.population)
    if inputs.thresholds is not None:
        thresholds.load(changes=inputs.thresholds)
    if inputs.ratings:
        coverage.read(inputs.ratings, data.edition)
    return data.n_respondents


def _executed(inputs: Inputs, progress: Progress, *, at_once: int) -> dict[str, NotebookNode]:
    """Run the notebooks of the evidence, and then the one that reads them."""
    n_steps = len(notebooks.OF_THE_ACCOUNT) + 1
    executed = {}
    with TemporaryDirectory(prefix="weerglas-") as private, ThreadPoolExecutor(at_once) as pool:
        running = {
            name: pool.submit(notebooks.execute, name, inputs=inputs) for name in notebooks.OF_THE_EVIDENCE
        }
        for n_done, (name, one) in enumerate(running.items()):
            progress(name, n_done, n_steps)
            executed[name] = _result(one, pool)
            notebooks.write(name, executed[name], Path(private))
        progress(notebooks.CLAIMS, n_steps - 2, n_steps)
        reading = Inputs(thresholds=inputs.thresholds, findings=Path(private))
        executed[notebooks.CLAIMS] = notebooks.execute(notebooks.CLAIMS, inputs=reading)
    return executed


def _result(running: Future[NotebookNode], pool: ThreadPoolExecutor) -> NotebookNode:
    """Return a notebook when it is done; where it stopped, start no other."""
    try:
        return running.result()
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise


def documents(executed: dict[str, NotebookNode]) -> dict[str, bytes]:
    """Return what `write` writes, by name of file, from executed notebooks by name."""
    found = {name: notebooks.findings(notebook) for name, notebook in executed.items()}
    facts = collected.of_findings({name: found[name] for name in notebooks.OF_THE_EVIDENCE}).facts
    sections: dict[str, Any] = {}
    for one in found.values():
        sections |= one["sections"]
    code = hash_of_code()
    pdf = as_pdf(paper(facts, sections, code=code))
    html = page(account(facts), sections["claims"][0], executed).encode()
    typeset_ones = {f"{NAME}.pdf": pdf, f"{NAME}.html": html}
    return {**typeset_ones, evidence.FILE: evidence.written(facts, code=code, documents=typeset_ones)}


def _written(contents: dict[str, bytes], out: Path) -> tuple[Path, ...]:
    """Write all files or none, the evidence last: who finds it, finds what it names."""
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out, prefix=".verantwoording-") as private:
        for name, content in contents.items():
            (Path(private) / name).write_bytes(content)
        for name in contents:
            shutil.move(Path(private) / name, out / name)
    return tuple(out / name for name in contents)
