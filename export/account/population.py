"""How many pupils there were to ask, per leerjaar: counts from a register, never a person.

A file is TOML: a table [leerjaar] with a count per leerjaar, as in `6 = 512`.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from export.account import research_file, simulation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from export.account.research_file import ResearchData
    from instrument.afname import Afname

VARIABLE: Final = "WEERGLAS_POPULATIE"
"""The environment variable with the path of a population file."""
SIMULATED_REGISTERED: Final = 68
"""Pupils registered at each school of the simulation, of whom 60 answer."""


class PopulationError(ValueError):
    """A population file is refused; the message names the place, the fault and the remedy."""


def load(data: ResearchData) -> dict[int, int] | None:
    """Return the pupils per leerjaar from WEERGLAS_POPULATIE; of the default simulation, its own.

    None where nobody said how many there were: then nothing can be said of representativeness.

    Raises:
        PopulationError: the file cannot be used.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return read(Path(given))
    return None if os.environ.get(research_file.VARIABLE) else _of_the_simulation(data)


def read(path: Path) -> dict[int, int]:
    """Return the counts of a population file, or raise `PopulationError`."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))["leerjaar"]
        counts = {int(leerjaar): number for leerjaar, number in table.items()}
    except (OSError, UnicodeDecodeError, ValueError, KeyError, AttributeError) as fault:
        remedy = "write a table [leerjaar] with a whole number per leerjaar, as in 6 = 512"
        raise PopulationError(f"{path.name}: cannot be read ({type(fault).__name__}); {remedy}") from fault
    for leerjaar, number in counts.items():
        if type(number) is not int or number < 0:
            raise PopulationError(f"{path.name}: leerjaar {leerjaar}: no count; write a whole number from 0")
    return counts


def write(counts: Mapping[int, int], path: Path) -> None:
    """Write a population file; `read(path)` gives the same counts back."""
    lines = "".join(f"{leerjaar} = {counts[leerjaar]}\n" for leerjaar in sorted(counts))
    path.write_text(f"[leerjaar]\n{lines}", "utf-8")


def of_afnamen(afnamen: Iterable[Afname]) -> dict[int, int]:
    """Return the pupils who were asked in these afnamen, per leerjaar, over all schools together."""
    counts: dict[int, int] = {}
    for afname in afnamen:
        for leerjaar, number in afname.population.items():
            counts[leerjaar] = counts.get(leerjaar, 0) + number
    return counts


def _of_the_simulation(data: ResearchData) -> dict[int, int]:
    counts: dict[int, int] = {}
    for stamgroep in simulation.simulated_stamgroepen(data.edition, n_pupils=SIMULATED_REGISTERED):
        counts[stamgroep.leerjaar] = counts.get(stamgroep.leerjaar, 0) + stamgroep.pupils * data.n_schools
    return counts
