"""Closed afnamen of a data folder as research data; asks the broker, and opens no store itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from export.account import extract
from export.account.research_data import ResearchFileError, faults_of_numbers
from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import operator

if TYPE_CHECKING:
    from pathlib import Path

    from export.account.research_data import ResearchData
    from instrument.afname import Afname
    from instrument.school import Schooljaar


def latest(folder: Path) -> ResearchData:
    """Return the closed afnamen of the last schooljaar that has any, with classes: for what stays here.

    Raises:
        ResearchFileError: there are none, too few, or of more than one edition.
    """
    with operator(DataFolder(folder)) as broker:
        closed = [one for one in broker.afnames() if not one.is_open]
    if not closed:
        raise ResearchFileError(folder.name, ["no closed afname here; close one: weerglas afname close"])
    last = max(one.schooljaar for one in closed)
    found = sorted({one.edition for one in closed if one.schooljaar == last})
    if len(found) > 1:
        fault = f"{last} has more than one edition: {', '.join(found)}"
        raise ResearchFileError(folder.name, [f"{fault}; extract one of them: weerglas extract --edition"])
    answered = parts(folder, edition=found[0], schooljaar=last)
    data = extract.research_data(answered, edition=found[0], classes=True)
    check(data, folder.name)
    return data


def parts(folder: Path, *, edition: str, schooljaar: Schooljaar | None = None) -> list[extract.Part]:
    """Return the closed afnamen of an edition with their responses, of one schooljaar or of all."""
    with operator(DataFolder(folder)) as broker:
        schools = {school.vestigingsnummer: school for school in broker.schools()}
        closed = [one for one in broker.afnames() if _counts(one, edition, schooljaar)]
        return [
            extract.Part(schools[one.vestigingsnummer], one, list(broker.responses(one.afname_id)))
            for one in closed
        ]


def check(data: ResearchData, place: str) -> None:
    """Raise `ResearchFileError` where too few pupils or schools answered for anything to leave them."""
    faults = list(faults_of_numbers(data.n_respondents, data.n_schools, simulated=data.simulated))
    if faults:
        raise ResearchFileError(place, faults)


def _counts(afname: Afname, edition: str, schooljaar: Schooljaar | None) -> bool:
    return not afname.is_open and afname.edition == edition and schooljaar in (None, afname.schooljaar)
