"""The whole account in one process: the cells of its notebooks without kernels, in a second."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from export.account import claims, collected, evidence, notebooks, population, research_file, thresholds
from export.account.research_data import ResearchData
from tests.account.populations import answered, counts, population_of, pupils


@dataclass(frozen=True)
class Account:
    """What an account says: facts, the blocks of its sections, and the claims as text."""

    facts: dict[str, Any]
    sections: dict[str, Any]

    def claim(self, requirement: str) -> tuple[str, ...]:
        """Return the row of one requirement."""
        return next(row for row in claims.claims_table(self.facts).rows if row[0] == requirement)

    def verdicts(self, measure: str) -> list[str]:
        """Return every verdict by one threshold."""
        return [one["verdict"] for one in self.facts["verdicts"] if one["measure"] == measure]

    def evidence(self) -> dict[str, Any]:
        """Return what evidence.json says."""
        return evidence.evidence(self.facts, code="sha256:0", documents={"verantwoording.pdf": b"PDF"})


def values_of_last_cell(name: str) -> Any:
    """Run the cells of a notebook one after the other, and return what the last one shows."""
    names: dict[str, Any] = {"display": lambda *_: None}
    shown = None
    for cell in notebooks.read(name).cells:
        if cell.cell_type == "code":
            *statements, last = ast.parse(cell.source).body
            exec(compile(ast.Module(statements, []), name, "exec"), names)  # noqa: S102 - our own cells
            if isinstance(last, ast.Expr):
                shown = eval(compile(ast.Expression(last.value), name, "eval"), names)  # noqa: S307 - our own
            else:
                exec(compile(ast.Module([last], []), name, "exec"), names)  # noqa: S102 - our own cells
    return shown


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Account]:
    """Return the account of data, of a population in counts per leerjaar, and of changed thresholds."""

    def of(
        data: ResearchData,
        asked: dict[int, int] | None = None,
        changes: str = "",
        names: tuple[str, ...] = notebooks.OF_THE_EVIDENCE,
    ) -> Account:
        folder = tmp_path_factory.mktemp("account")
        research_file.write(data, folder / "answers.csv", classes=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(research_file.VARIABLE, str(folder / "answers.csv"))
            if asked is not None:
                population.write(asked, folder / "leerlingen.toml")
                patch.setenv(population.VARIABLE, str(folder / "leerlingen.toml"))
            if changes:
                (folder / "drempels.toml").write_text(changes, "utf-8")
                patch.setenv(thresholds.VARIABLE, str(folder / "drempels.toml"))
            return _together(names)

    return of


def _together(names: tuple[str, ...]) -> Account:
    found = {name: bundle(name) for name in names}
    sections: dict[str, Any] = {}
    for one in found.values():
        sections |= one["sections"]
    return Account(collected.of_findings(found).facts, sections)


def bundle(name: str) -> dict[str, Any]:
    """Return what the last cell of a notebook hands over."""
    return values_of_last_cell(name)._repr_mimebundle_()[notebooks.MIME]


@pytest.fixture(scope="session")
def good(account: Callable[..., Account]) -> Account:
    """The account of a population in which the questionnaire does what it should."""
    background = pupils()
    return account(answered(population_of(background), background), counts(background))
