"""What a school concludes stays at the school: no file of a delivery and no event of the ledger holds it."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from instrument.store.data_folder import DataFolder
from tests.levering.office import Moment, closed_afname, office, schools
from tests.report.pdf_text import pages

if TYPE_CHECKING:
    from pathlib import Path

NOTE = "Alleen voor onszelf: het plein krijgt een bankje."


def test_a_note_is_never_delivered(tmp_path: Path):
    """From toestemming to the parcel that is picked up, by the rules and the round of a real delivery."""
    folder = DataFolder.create(tmp_path / "data", simulated=True)
    with office(folder, Moment()) as at_office:
        closed_afname(at_office.operator, schools(1)[0])
        coordinator = at_office.login()
        coordinator.ask("set_note", text=NOTE)
        at_office.give()
        report = coordinator.ask("levering_report")
        at_office.moment.now = datetime(2027, 4, 1, 9, tzinfo=UTC)
        at_office.run()
        events = at_office.operator.events("99AA00")
        assert coordinator.ask("note") == {"text": NOTE}
    parcels = [path for path in (folder.path / "levering").rglob("*") if path.is_file()]
    assert {path.suffix for path in parcels} >= {".json", ".csv", ".pdf"}
    assert "School 0" in told_by(next(path for path in parcels if path.suffix == ".pdf"))
    told = [json.dumps([report, events]), *map(told_by, parcels)]
    assert not any("bankje" in each for each in told)


def told_by(path: Path) -> str:
    """Return the words of a file, whatever its form."""
    if path.suffix == ".pdf":
        return " ".join(pages(path.read_bytes()))
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as parts:
            return " ".join(parts.read(name).decode() for name in parts.namelist())
    return path.read_text("utf-8-sig")
