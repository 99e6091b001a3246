"""Answers under study with their background; knows no file, no stamgroep by its name, and no person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from export.disclosure import MINIMUM_ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import pandas as pd

    from instrument.questionnaire import Edition

BACKGROUND: Final = ("vestigingsnummer", "leerjaar")
"""All that is always known of a respondent. Of a real school, a pseudonym may stand for its number."""
CLASSES: Final = "klas"
"""A number that means nothing outside its school, for statistics that need classes; never extracted."""
FEWEST_RESPONDENTS: Final = MINIMUM_ANSWERS
"""Of fewer, no figure is shown (D2), so there is no account."""
FEWEST_SCHOOLS: Final = 3
"""Of two real schools, each could subtract itself and read the other."""


class ResearchFileError(ValueError):
    """Research data are refused; `.faults` holds every fault with place and remedy, never an answer."""

    def __init__(self, place: str, faults: list[str]) -> None:
        """Put the file's name before each fault."""
        self.faults = tuple(f"{place}: {fault}" for fault in faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True, repr=False)
class ResearchData:
    """Answers (stored codes, a column per item) with background, and where they come from.

    `background` has the columns of `BACKGROUND`, perhaps `klas`, and perhaps groups that a pilot collected
    elsewhere knew of. `dated` is the last day on which somebody answered; documents carry it, not the day
    they were made. `tells_schools` is whether the file tells which pupils are of one school. `second` holds
    the answers of whoever was asked twice, in the rows and columns of `answers`; None where nobody was.
    """

    edition: Edition
    answers: pd.DataFrame
    background: pd.DataFrame
    simulated: bool
    source: str
    dated: date
    tells_schools: bool = True
    second: pd.DataFrame | None = None

    def __repr__(self) -> str:
        return f"ResearchData({self.edition.code}, {self.n_respondents} respondents)"  # never an answer

    @property
    def n_respondents(self) -> int:
        """Return how many pupils answered."""
        return len(self.answers)

    @property
    def n_schools(self) -> int:
        """Return how many vestigingen they come from."""
        return int(self.background["vestigingsnummer"].nunique())

    @property
    def classes(self) -> pd.Series | None:
        """Return the class of each respondent, told apart over all schools; `None` where it is not known."""
        if CLASSES not in self.background:
            return None
        return self.background["vestigingsnummer"] + "-" + self.background[CLASSES].astype(str)

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the names of what else is known of a respondent: none of an afname of Weerglas."""
        return tuple(str(name) for name in self.background if name not in (*BACKGROUND, CLASSES))


def faults_of_numbers(n_respondents: int, n_schools: int, *, simulated: bool) -> Iterator[str]:
    """Yield why so few may not leave a school; simulated schools have nothing to hide."""
    if n_respondents < FEWEST_RESPONDENTS:
        needed = f"at least {FEWEST_RESPONDENTS} are needed before anything is shown"
        yield f"{n_respondents} respondents; {needed}"
    if not simulated and n_schools < FEWEST_SCHOOLS:
        yield f"{n_schools} school(s); put at least {FEWEST_SCHOOLS} together, or one could be recognised"
