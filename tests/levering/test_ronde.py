"""A round of leveringen at a real broker, with a real mail server and a real sshd."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from export.levering import adapter, summary_files
from export.levering.adapter import MANIFEST
from export.levering.ronde import LedgerBroken
from instrument.store.refusals import Refused
from tests.levering.office import BEGIN, YEAR, Office, write_configuration
from tests.spec import test_levering_rules as rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from instrument.store.data_folder import DataFolder
    from tests.levering.sftp_server import SftpServer

DUE = BEGIN.replace(month=4, day=1)


def parcels(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


@pytest.fixture
def pickup(folder: DataFolder) -> Path:
    return folder.path / "levering"


def test_nothing_leaves_before_its_day_and_all_of_it_on_the_day(at_office: Office, pickup: Path) -> None:
    """One round before 00:00 in the Netherlands, one after; and a third has nothing left to do."""
    at_office.give()
    at_office.moment.now = BEGIN.replace(month=3, day=31, hour=21, minute=59)
    at_office.run()
    assert not pickup.exists()
    at_office.moment.now += timedelta(minutes=1)
    assert at_office.run().refused == []
    assert at_office.types() == ["gegeven", "levering_gestart", "geleverd"]
    (parcel,) = parcels(pickup)
    before = [(file.name, file.stat().st_mtime_ns) for file in parcel.iterdir()]
    at_office.run()
    assert [(file.name, file.stat().st_mtime_ns) for file in parcel.iterdir()] == before


def test_the_manifest_tells_the_receiver_what_to_check(at_office: Office, pickup: Path) -> None:
    """SHA-256 of every file, versions, edition, evidence, and the event of the toestemming."""
    given = at_office.give()
    at_office.moment.now = DUE
    at_office.run()
    (parcel,) = parcels(pickup)
    manifest = json.loads((parcel / MANIFEST).read_text("utf-8"))
    jsonschema.validate(manifest, adapter.manifest_schema(), cls=jsonschema.Draft202012Validator)
    for listed in manifest["bestanden"]:
        content = (parcel / listed["naam"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (listed["bytes"], listed["sha256"])
    assert {file.name for file in parcel.iterdir()} == {
        MANIFEST,
        *(listed["naam"] for listed in manifest["bestanden"]),
    }
    assert manifest["toestemming"] == {
        "seq": given["seq"],
        "hash": given["hash"],
        "sleutel": at_office.ledger.key,
    }
    summary_files.check(json.loads(next(parcel.glob("samenvatting*.json")).read_text("utf-8")))


def test_the_ledger_holds_the_hash_of_every_file_before_the_first_leaves(
    at_office: Office, pickup: Path
) -> None:
    at_office.give()
    at_office.moment.now = DUE
    at_office.run()
    begun = at_office.operator.events("99AA00")[1]
    (parcel,) = parcels(pickup)
    assert begun["payload"]["sha256"] == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(parcel.iterdir())
    }
    assert (begun["level"], begun["date"]) == ("school", "2027-04-01")


def test_the_report_that_was_checked_is_what_is_delivered_apart_from_status_and_moment(
    at_office: Office, pickup: Path
) -> None:
    """Step two: every other byte of the JSON and every other row of the CSV is the same."""
    at_office.give()
    checked = at_office.ledger.summary("99AA00", YEAR, {"controle": True})["summary"]
    at_office.moment.now = DUE
    at_office.run()
    (parcel,) = parcels(pickup)
    delivered = json.loads(next(parcel.glob("samenvatting*.json")).read_text("utf-8"))
    differing = {name for name in delivered if delivered[name] != checked[name]}
    assert differing == {"status", "gegenereerd_op"}
    same = {**checked, **{name: delivered[name] for name in differing}}
    for name, content in adapter.files(same).items():
        assert (parcel / name).read_bytes() == content


def test_a_report_that_changed_after_the_check_is_not_delivered(at_office: Office, pickup: Path) -> None:
    """The school agreed to what it saw; other figures need another look."""
    at_office.give(inhoud="0" * 64)
    at_office.moment.now = DUE
    assert any("opnieuw bekijken" in line for line in at_office.run().refused)
    assert not pickup.exists()
    assert at_office.types() == ["gegeven"]


def test_a_dry_run_says_what_would_happen_and_changes_nothing(at_office: Office, pickup: Path) -> None:
    at_office.give()
    at_office.moment.now = DUE
    said = at_office.ronde().rehearse().done
    assert "99AA00: would deliver samenvatting-99AA00-2026-2027 as geleverd" in said
    assert at_office.types() == ["gegeven"]
    assert not pickup.exists()


def test_a_broken_ledger_stops_the_round_and_says_where(
    at_office: Office, pickup: Path, tamper: Callable[[str], None]
) -> None:
    """Nothing is begun, sent or told."""
    at_office.give()
    at_office.moment.now = DUE
    tamper("UPDATE events SET date = '2027-03-02' WHERE seq = 1")
    with pytest.raises(LedgerBroken, match="event 1: is not what was recorded"):
        at_office.run()
    assert not pickup.exists()


def test_what_changes_between_computing_and_beginning_is_not_delivered(at_office: Office) -> None:
    """The door looks again, inside its own transaction."""
    at_office.give()
    at_office.moment.now = DUE
    ronde = at_office.ronde()
    ledger = ronde.checked()
    found = at_office.ledger.summary("99AA00", YEAR, {"herstel": None})
    at_office.moment.now = BEGIN + timedelta(days=10)
    at_office.withdraw()
    at_office.give(leverdatum="2027-03-12")
    at_office.moment.now = DUE
    with pytest.raises(Refused, match="intussen gewijzigd"):
        at_office.operator.ask(
            "start_levering",
            item_id="x",
            vestigingsnummer="99AA00",
            schooljaar="2026-2027",
            content="",
            fields={
                "toestemming": found["toestemming"],
                "afname_id": found["afname_id"],
                "status": "geleverd",
            },
            verified=str(ledger.head),
        )
    assert at_office.types()[-1] == "gegeven"


@pytest.mark.parametrize("answer", [4, 1])
def test_one_pupil_at_the_end_of_a_scale_changes_no_byte_of_a_parcel(answer: int) -> None:
    """Neighbour attack (D5): among pupils who all answer alike, no file and no hash tells who did not."""
    rows = rules.pupils(20, answer)
    neighbour = [*rows[:-1], {**rows[-1], "answers": rules.pupils(1, 5 - answer)[0]["answers"]}]
    first, second = (parcel_of(each) for each in (rows, neighbour))
    assert first == second


def parcel_of(rows: list[dict[str, Any]]) -> Any:
    from export.levering import preparation  # noqa: PLC0415 - only here
    from instrument.store.ledger.ledger_rules import Matter  # noqa: PLC0415 - only here

    matter = Matter(rules.SCHOOL, rules.AFNAME, rules.AFNAME.schooljaar, [rules.GIVEN], rules.NOW)
    found = preparation.to_deliver(matter, rows, {})
    return adapter.parcel(found["summary"], adapter.Origin(1, "sha256:" + "0" * 64, "0" * 64))


def test_parcels_reach_an_sftp_server_whose_key_is_known(
    at_office: Office, folder: DataFolder, sftp: SftpServer
) -> None:
    """OpenSSH's own server; the receipt is recorded, and a second round sends nothing."""
    at_office.configuration = configured(folder, sftp.toml(), sftp)
    at_office.give()
    at_office.moment.now = DUE
    assert at_office.run().refused == []
    (parcel,) = parcels(sftp.inbox)
    assert {file.suffix for file in parcel.iterdir()} == {".json", ".csv", ".xlsx", ".pdf"}
    assert at_office.operator.events("99AA00")[-1]["payload"]["ontvangst"] == f"sftp 127.0.0.1 {parcel.name}"
    at_office.run()
    assert parcels(sftp.inbox) == [parcel]


def test_a_server_with_another_key_gets_nothing(
    at_office: Office, folder: DataFolder, sftp: SftpServer
) -> None:
    """Whoever stands in between learns neither who we are nor a mean; the next round tries again."""
    other = " ".join((sftp.home / "client.pub").read_text("utf-8").split()[:2])
    at_office.configuration = configured(folder, sftp.toml(host_key=other), sftp)
    at_office.give()
    at_office.moment.now = DUE
    assert any("another host key" in line for line in at_office.run().refused)
    assert parcels(sftp.inbox) == []
    at_office.configuration = configured(folder, sftp.toml(), sftp)
    assert at_office.run().refused == []
    assert len(parcels(sftp.inbox)) == 1
    assert at_office.types() == ["gegeven", "levering_gestart", "geleverd"]


def test_a_half_sent_parcel_is_sent_again_whole(
    at_office: Office, folder: DataFolder, sftp: SftpServer
) -> None:
    """What a killed round left behind goes away."""
    at_office.configuration = configured(folder, sftp.toml(), sftp)
    at_office.give()
    at_office.moment.now = DUE
    name = at_office.ronde().begin(("99AA00", "2026-2027"), at_office.ronde().checked()).parcel.name
    left = sftp.inbox / f".{name}.unfinished"
    left.mkdir()
    (left / "manifest.json").write_text("{}")
    assert at_office.run().refused == []
    assert [path.name for path in sftp.inbox.iterdir()] == [name]


def test_the_csv_of_an_overview_says_who_is_missing(at_office: Office) -> None:
    from export.levering import overzicht  # noqa: PLC0415 - only here

    line = overzicht.lines(at_office.operator.schools(), {}, YEAR, BEGIN.date())[0]
    assert (line.stand, line.opmerking) == ("nog geen toestemming", "")


@pytest.fixture
def tamper(folder: DataFolder) -> Callable[[str], None]:
    """Change the store beside the broker, as only who has the file can."""
    from instrument.store import sqlite  # noqa: PLC0415 - only here

    def change(statement: str) -> None:
        with sqlite.engine(folder.store).begin() as connection:
            for name in ("events_stay", "events_remain", "events_follow"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(statement)

    return change


def configured(folder: DataFolder, text: str, sftp: SftpServer) -> Any:
    from export.levering import configuration  # noqa: PLC0415 - only here

    write_configuration(folder.path, text, {"sftp.key": sftp.client_key})
    return configuration.load(folder.path)
