"""What is left of codes and drafts, and of the order of submitting: by the bytes on the disk (EIS-F)."""

from __future__ import annotations

import asyncio
import json
import os
import random
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from sqlalchemy import select, text

from instrument import deelnamecode, editions
from instrument.afname import Stamgroep
from instrument.school import School, Schooljaar
from instrument.store import broker, client
from instrument.store.keys import Keys
from instrument.store.tables import AFNAMES, CODES, DRAFTS, RESPONSES, SPENT_CODES
from tests.store.search import found
from tests.unit.conftest import EDITION, QUICK, VESTIGING

if TYPE_CHECKING:
    from tests.store.conftest import Ground

CODES_OF_A_DAY: Final = int(os.environ.get("WEERGLAS_TRACED_CODES", "10000"))
ITEMS: Final = [item.code for item in EDITION.scored if item.accepts(4)][:6]
FOUR: Final = 4
AT_ONCE: Final = 50


@dataclass
class Day:
    """An afname from its first code to its closing."""

    ground: Ground
    n_codes: int
    n_submitting: int

    def begin(self, operator: client.Operator) -> None:
        operator.add_school(School(VESTIGING, "De Proef (gesimuleerd)", "po", "BO", simulated=True))
        afname = operator.open_afname(
            vestigingsnummer=VESTIGING,
            schooljaar=Schooljaar(2026),
            edition=EDITION.code,
            fingerprint=editions.fingerprint(EDITION),
            stamgroepen=[Stamgroep("7a", 7, self.n_codes)],
            opened_on=date(2026, 11, 3),
        )
        parts = range(0, self.n_codes, 1000)
        self.codes = [
            code
            for start in parts
            for code in operator.issue_codes(
                afname.afname_id, stamgroep="7a", number=min(1000, self.n_codes - start)
            )
        ]
        self.salt = self.ground.rows(select(AFNAMES.c.salt))[0].salt

    async def answer(self) -> None:
        """Let every code answer something; the first ones submit, one behind the other."""
        asking = client.connect(self.ground.folder.socket)
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> str:
            async with turns:
                session = (await asking.call("enter", code=self.codes[number]))["session"]
                for seq, item in enumerate(ITEMS):
                    value = 1 + number // FOUR**seq % FOUR
                    await asking.call("save", capability=session, seq=seq, item=item, value=value)
                return str(session)

        sessions = await asyncio.gather(*(one(number) for number in range(self.n_codes)))
        for session in sessions[: self.n_submitting]:
            await asking.call("submit", capability=session, seq=99)
        await asking.close()

    def secrets(self) -> list[bytes]:
        """Return every byte string that ties a code to anything."""
        keys = Keys(self.ground.folder.secret, effort=QUICK)
        opened = [keys.of_code(deelnamecode.normalise(code), self.salt) for code in self.codes]
        tags = [tag for one in opened for tag in (one.code_tag, one.spent_tag, one.draft_tag)]
        codes = [form.encode() for code in self.codes for form in (code, deelnamecode.normalise(code))]
        sealed = [row.sealed[:32] for row in self.ground.rows(select(DRAFTS.c.sealed))]
        return [*tags, *codes, *sealed, self.salt]

    def order(self) -> list[int]:
        """Return for each row, as it lies in the store, as how manieth it was submitted."""
        rows = {row.response_id: _number(row.answers) for row in self.ground.rows(select(RESPONSES))}
        if self.ground.cluster is None:
            raw = self.ground.folder.store.read_bytes()
            return [rows[key] for key in sorted(rows, key=raw.index)]
        lying = self.ground.rows(text("SELECT response_id FROM responses ORDER BY ctid"))
        return [rows[row.response_id] for row in lying]


def _number(answers: str) -> int:
    given = json.loads(answers)
    return sum((given[item] - 1) * FOUR**seq for seq, item in enumerate(ITEMS))


def live(day: Day, then: Any) -> None:
    """Play a day, look at its traces before closing, close, and look again."""
    folder = day.ground.folder
    with broker.running(folder, effort=QUICK), client.operator(folder) as operator:
        day.begin(operator)
        asyncio.run(day.answer())
        secrets = day.secrets()
        assert len(found(day.ground.raw(), secrets)) > day.n_codes
        operator.close_afname(VESTIGING, on=date(2026, 11, 20))
        then(operator, secrets)


@pytest.mark.parametrize(
    "n_codes", [200, pytest.param(CODES_OF_A_DAY, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
def test_after_closing_no_byte_of_any_code_is_left(
    ground: Ground, n_codes: int, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """In store, write-ahead log, backup and logs, of codes used, half answered and never used."""

    def look(operator: client.Operator, secrets: list[bytes]) -> None:
        assert found(ground.raw(), secrets) == []
        operator.backup(tmp_path / "after.backup")
        assert found((tmp_path / "after.backup").read_bytes(), secrets) == []
        assert found(caplog.text.encode(), secrets) == []

    with caplog.at_level("DEBUG"):
        live(Day(ground, n_codes, n_codes // 4), look)
    assert not [row for table in (CODES, SPENT_CODES, DRAFTS) for row in ground.rows(select(table))]


def test_what_a_backup_holds_is_found_by_this_search(ground: Ground, tmp_path: Any) -> None:
    """A search that finds nothing must be one that can find: an open afname's backup holds its tags."""
    day = Day(ground, 20, 5)
    with broker.running(ground.folder, effort=QUICK), client.operator(ground.folder) as operator:
        day.begin(operator)
        asyncio.run(day.answer())
        assert operator.backup(tmp_path / "open.backup") == 1
        kept = found((tmp_path / "open.backup").read_bytes(), day.secrets())
    assert len(kept) >= 15 + 5 + 15


def test_after_closing_the_order_of_rows_says_nothing_of_the_order_of_submitting(ground: Ground) -> None:
    """Rank correlation with where a row lies, within what chance gives; and no row names its transaction."""
    day = Day(ground, 200, 200)
    places: list[int] = []
    live(day, lambda _operator, _secrets: places.extend(day.order()))
    correlation = np.corrcoef(np.arange(len(places)), places)[0, 1]
    assert sorted(places) == list(range(200))
    assert abs(correlation) < 3.3 / np.sqrt(len(places))
    if ground.cluster is not None:
        written = {row[0] for row in ground.rows(text("SELECT xmin::text FROM responses"))}
        assert len(written) == 1


def test_while_open_no_row_shares_its_transaction_with_a_used_code(shared: Ground) -> None:
    """PostgreSQL shows of every row which transaction wrote it: the same for a code and its response."""
    day = Day(shared, 12, 12)
    with broker.running(shared.folder, effort=QUICK), client.operator(shared.folder) as operator:
        day.begin(operator)
        asyncio.run(day.answer())
        joined = shared.rows(text("SELECT 1 FROM spent_codes s JOIN responses r ON s.xmin = r.xmin"))
    assert joined == []


def test_the_search_finds_a_secret_wherever_it_lies() -> None:
    """At any offset, over any border of a chunk, as bytes or as text."""
    chance = random.Random(7)  # noqa: S311 - repeatable
    raw = bytearray(chance.randbytes(9_000_001))
    secrets = [chance.randbytes(16) for _ in range(40)]
    for number, at in enumerate([0, 4_194_280, 4_194_303, 8_999_985, 17, 1003]):
        raw[at : at + 16] = secrets[number]
    raw[5000:5032] = secrets[10].hex().encode()
    assert found(bytes(raw), secrets) == sorted([*secrets[:6], secrets[10]])
