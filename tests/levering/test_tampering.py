"""A ledger that somebody changed past the triggers: any byte, row, order or tail is found."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from instrument.school import Schooljaar
from instrument.store.keys import Keys
from instrument.store.ledger import ledger_chain
from instrument.store.ledger.ledger_chain import COLUMNS, Anchor
from tests.levering import counter
from tests.levering.office import FORM, Moment, schools

if TYPE_CHECKING:
    from collections.abc import Callable

    Records = list[dict[str, Any]]

YEAR: Final = Schooljaar(2026)
TRIES: Final = int(os.environ.get("WEERGLAS_TAMPERINGS", "10000"))
"""Of the slow test."""
KEY: Final = counter.KEYS.ledger_key
OTHER_KEY: Final = Keys(b"x" * 32).ledger_key
N_SCHOOLS: Final = 4


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """A ledger of four schools that gave, changed and withdrew; read as it lies in the store."""
    folder: Path = tmp_path_factory.mktemp("tampering")
    counter.template(folder / "template.sqlite", dict.fromkeys(schools(N_SCHOOLS), True), YEAR)
    moment = Moment()
    at, connection = counter.opened(folder / "template.sqlite", folder / "store.sqlite", moment)
    for school in schools(N_SCHOOLS):
        asked = {"vestigingsnummer": school.vestigingsnummer, "schooljaar": str(YEAR)}
        at.ask("give_toestemming", **asked, fields=FORM)
        at.ask("give_toestemming", **asked, fields={**FORM, "doorleverniveau": "onderwijssoort"})
        at.ask("withdraw_toestemming", **asked)
    records = at.records()
    connection.close()
    return records


def byte(records: Records, chance: random.Random) -> None:
    """Change one sign of one cell; what was empty gets one."""
    record, name = chance.choice(records), chance.choice(COLUMNS)
    cell = record[name]
    if name == "seq":
        record[name] = chance.choice([number for number in range(1, 99) if number != cell])
    elif not cell:
        record[name] = chance.choice("0aé ")
    else:
        place = chance.randrange(len(cell))
        sign = chance.choice([sign for sign in '0aF "{é\u200b' if sign != cell[place]])
        record[name] = cell[:place] + sign + cell[place + 1 :]


def emptied(records: Records, chance: random.Random) -> None:
    """Empty a cell, or take it away."""
    record = chance.choice(records)
    name = chance.choice([name for name in COLUMNS if name != "seq" and record[name]])
    record[name] = chance.choice(["", None]) if name in ("level", "date") else ""


def row(records: Records, chance: random.Random) -> None:
    """Take out a row that is not the last, or write one twice."""
    place = chance.randrange(len(records) - 1)
    if chance.random() < 0.5:
        del records[place]
    else:
        records.insert(place, dict(records[place]))


def order(records: Records, chance: random.Random) -> None:
    """Let two rows change places, with or without their numbers."""
    first, second = chance.sample(range(len(records)), 2)
    records[first], records[second] = records[second], records[first]
    if chance.random() < 0.5:
        records[first]["seq"], records[second]["seq"] = records[second]["seq"], records[first]["seq"]


def tail(records: Records, chance: random.Random) -> None:
    """Cut off the end; only who knows the head from a mail can tell."""
    del records[-chance.randint(1, len(records)) :]


def forged(records: Records, chance: random.Random) -> None:
    """Change something and mend every hash behind it, as who knows the program but not the key."""
    place = chance.randrange(len(records))
    records[place]["payload"] = records[place]["payload"].replace("school", "schoo1") + " "
    previous = records[place - 1]["hash"] if place else ledger_chain.FIRST
    for record in records[place:]:
        record.update(ledger_chain.sealed({**_bare(record), "previous": previous}, OTHER_KEY))
        previous = record["hash"]


def written_anew(records: Records, chance: random.Random) -> None:
    """Change something and sign everything behind it with our own key; found by the head in a mail."""
    place = chance.randrange(len(records))
    records[place]["actor"] = "somebody"
    previous = records[place - 1]["hash"] if place else ledger_chain.FIRST
    for record in records[place:]:
        record.update(ledger_chain.sealed({**_bare(record), "previous": previous}, KEY))
        previous = record["hash"]


def exchanged(records: Records, chance: random.Random) -> None:
    """Put another signed event in the place of one: a withdrawal becomes a toestemming."""
    first, second = chance.sample(range(len(records)), 2)
    records[first] = {**records[second], "seq": records[first]["seq"]}


TAMPERINGS: Final[tuple[Callable[[Records, random.Random], None], ...]] = (
    byte, byte, byte, emptied, row, order, tail, forged, written_anew, exchanged,
)  # fmt: skip


def found_of(whole: Records, number: int) -> int:
    """Tamper so many times, each otherwise, and count how often it is found."""
    chance = random.Random(2026)  # noqa: S311 - repeatable
    head = Anchor(whole[-1]["seq"], whole[-1]["hash"])
    found = 0
    for attempt in range(number):
        records = [dict(record) for record in whole]
        TAMPERINGS[attempt % len(TAMPERINGS)](records, chance)
        faults = list(ledger_chain.faults(records, KEY.public_key(), anchors=[head]))
        found += bool(faults) and all(str(fault) for fault in faults)
    return found


def test_a_whole_ledger_is_found_whole(whole: Records) -> None:
    """Else everything would be found."""
    head = Anchor(whole[-1]["seq"], whole[-1]["hash"])
    assert len(whole) == 3 * N_SCHOOLS
    assert list(ledger_chain.faults(whole, KEY.public_key(), anchors=[head])) == []


def test_every_tampering_is_found(whole: Records) -> None:
    assert found_of(whole, 300) == 300


@pytest.mark.parametrize("tampering", [tail, written_anew], ids=lambda function: function.__name__)
def test_without_the_head_of_a_mail_these_two_would_pass(
    whole: Records, tampering: Callable[[Records, random.Random], None]
) -> None:
    """Which is why the head is in every mail."""
    records = [dict(record) for record in whole]
    tampering(records, random.Random(1))  # noqa: S311 - repeatable
    assert list(ledger_chain.faults(records, KEY.public_key())) == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_tamperings_are_found(whole: Records) -> None:
    """Last run: see benchmarks/README.md."""
    assert found_of(whole, TRIES) == TRIES


def _bare(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in ("hash", "signature")}
