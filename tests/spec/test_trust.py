"""The privacy properties of the store, on its raw bytes (TRUST.md, EIS-F)."""

from __future__ import annotations

import logging
import re
import stat
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from instrument import catalogue, deelnamecode, editions
from instrument.afname import Stamgroep
from instrument.school import School, Schooljaar
from instrument.store import broker, client, sqlite
from instrument.store.data_folder import DataFolder
from instrument.store.keys import CodeKeys, Effort, Keys
from instrument.store.refusals import Refused
from instrument.store.tables import AFNAMES, CODES, DRAFTS, RESPONSES, SPENT_CODES, STAMGROEPEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Row

EDITION: Final = catalogue.edition("po_bovenbouw_2026")
ITEMS: Final = [item.code for item in EDITION.scored]
QUICK: Final = Effort(memory_kib=8, passes=1)
LAST_DAY: Final = date(2026, 11, 20)


@dataclass(frozen=True)
class Trust:
    """A school of 300 whose codes are known to the test, and the files of its store."""

    folder: DataFolder
    operator: client.Operator
    client: client.BlockingClient
    afname_id: str
    codes: list[str]

    def answer(self, code: str, value: int, *, n_items: int = 5, submit: bool = True) -> None:
        """Have a pupil answer some items, and submit."""
        session = self.client.call("enter", code=code, address="192.0.2.7")["session"]
        for seq, item in enumerate(ITEMS[:n_items]):
            self.client.call("save", capability=session, seq=seq, item=item, value=value)
        if submit:
            self.client.call("submit", capability=session, seq=99)

    def close(self) -> None:
        """Close the afname."""
        self.operator.close_afname("02QZ00", on=LAST_DAY)

    def raw(self) -> bytes:
        """Return all bytes of the store and its write-ahead log."""
        return b"".join(file.read_bytes() for file in sorted(self.folder.path.glob("store.sqlite*")))

    def rows(self, query: Any) -> list[Row[Any]]:
        """Return rows, read beside the broker as nothing but a test may."""
        with sqlite.engine(self.folder.store).connect() as connection:
            return list(connection.execute(query))

    def keys(self, code: str) -> CodeKeys:
        """Derive what a code opens."""
        salt = self.rows(select(AFNAMES.c.salt))[0].salt
        return Keys(self.folder.secret, effort=QUICK).of_code(deelnamecode.normalise(code), salt)


@pytest.fixture
def trust(tmp_path: Path) -> Iterator[Trust]:
    folder = DataFolder.create(tmp_path / "data", simulated=True)
    with (
        broker.running(folder, effort=QUICK, release=lambda _school, _afname, rows: {"n": len(rows)}),
        client.operator(folder) as operator,
        client.BlockingClient(folder.socket) as caller,
    ):
        operator.add_school(School("02QZ00", "De Proef (gesimuleerd)", "po", "BO", simulated=True))
        operator.add_account(name="anna", password="a good password", vestigingsnummer="02QZ00")
        afname = operator.open_afname(
            vestigingsnummer="02QZ00",
            schooljaar=Schooljaar(2026),
            edition=EDITION.code,
            fingerprint=editions.fingerprint(EDITION),
            stamgroepen=[Stamgroep("7a", 7, 300)],
            opened_on=date(2026, 11, 3),
        )
        codes = operator.issue_codes(afname.afname_id, stamgroep="7a", number=300)
        yield Trust(folder, operator, caller, afname.afname_id, codes)


def test_a_response_holds_no_time_no_order_and_no_code() -> None:
    """What is not stored cannot be linked."""
    assert set(RESPONSES.c.keys()) == {"afname_id", "response_id", "stamgroep", "answers", "mac"}
    assert set(DRAFTS.c.keys()) == {"afname_id", "draft_tag", "sealed"}
    assert set(CODES.c.keys()) == {"afname_id", "code_tag", "stamgroep"}
    assert set(SPENT_CODES.c.keys()) == {"afname_id", "spent_tag"}


def test_a_response_does_not_tell_in_which_order_it_was_answered(trust: Trust) -> None:
    """Jumping back to one question stands out in a class."""
    session = trust.client.call("enter", code=trust.codes[0])["session"]
    for seq, item in enumerate(reversed(ITEMS)):
        trust.client.call("save", capability=session, seq=seq, item=item, value=2)
    trust.client.call("submit", capability=session, seq=99)
    (row,) = trust.rows(select(RESPONSES.c.answers))
    assert re.findall('"([^"]+)"', row.answers) == sorted(ITEMS)


def test_no_code_is_stored_but_as_tags(trust: Trust) -> None:
    """The printed slips are the only place where a code can be read."""
    trust.answer(trust.codes[0], 3)
    everything = b"".join(file.read_bytes() for file in trust.folder.path.iterdir() if file.is_file())
    for code in trust.codes:
        assert code.encode() not in everything
        assert deelnamecode.normalise(code).encode() not in everything


def test_after_submitting_the_draft_and_the_link_to_the_code_are_gone(trust: Trust) -> None:
    """From the raw bytes of store and log; before, they were there."""
    keys = [trust.keys(code) for code in trust.codes[:50]]
    for code in trust.codes[:50]:
        trust.answer(code, 3, submit=False)
    sealed = [row.sealed for row in trust.rows(select(DRAFTS))]
    secrets = [*(pair.code_tag for pair in keys), *(pair.draft_tag for pair in keys), *sealed]
    before = trust.raw()
    assert all(secret in before for secret in secrets)
    for code in trust.codes[:50]:
        trust.answer(code, 3, n_items=0)
    after = trust.raw()
    assert not [secret for secret in secrets if secret in after]


def test_after_closing_nothing_of_any_code_or_draft_is_left(trust: Trust) -> None:
    """Used, half answered or never used: of 300 codes 0 bytes, and no salt to try one against."""
    keys = [trust.keys(code) for code in trust.codes]
    for number, code in enumerate(trust.codes[:100]):
        trust.answer(code, 1 + number % 4, n_items=2, submit=number % 2 == 0)
    sealed = [row.sealed for row in trust.rows(select(DRAFTS))]
    salt = trust.rows(select(AFNAMES.c.salt))[0].salt
    secrets = [tag for pair in keys for tag in (pair.code_tag, pair.spent_tag, pair.draft_tag)] + sealed
    assert len(sealed) == 50
    assert salt in trust.raw()
    trust.close()
    after = trust.raw()
    assert not [secret for secret in [*secrets, salt] if secret in after]
    assert [(row.issued, row.used) for row in trust.rows(select(STAMGROEPEN))] == [(300, 50)]
    assert not [row for table in (CODES, SPENT_CODES, DRAFTS) for row in trust.rows(select(table))]


def test_after_closing_rows_lie_by_their_random_keys(trust: Trust) -> None:
    """Where a row lies on its page gives away when it came, until the store is written anew."""
    for code in trust.codes[:20]:
        trust.answer(code, 3, n_items=1)
    trust.close()
    raw = trust.raw()
    places = [
        raw.index(row.response_id)
        for row in trust.rows(select(RESPONSES.c.response_id).order_by("response_id"))
    ]
    assert len(places) == 20
    assert places in (sorted(places), sorted(places, reverse=True))


def test_nothing_of_an_open_afname_is_released(trust: Trust) -> None:
    """While open only the number of used codes per stamgroep is shown (D1)."""
    for code in trust.codes[:12]:
        trust.answer(code, 3)
    coordinator = trust.client.call("login", name="anna", password="a good password")["session"]
    with pytest.raises(Refused, match="still open"):
        trust.client.call("results", capability=coordinator)
    with pytest.raises(Refused, match="still open"):
        next(trust.operator.responses(trust.afname_id))
    assert trust.client.call("response", capability=coordinator) == {"7a": 12}
    trust.close()
    assert trust.client.call("results", capability=coordinator) == {"n": 12}
    assert len(list(trust.operator.responses(trust.afname_id))) == 12


def test_every_file_is_for_its_owner_alone(trust: Trust) -> None:
    """Also the log, the lock and the socket, which come while the broker runs."""
    trust.answer(trust.codes[0], 3, submit=False)
    files = [*trust.folder.path.iterdir(), trust.folder.socket]
    assert {"store.sqlite-wal", "broker.lock"} <= {file.name for file in files}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    folders = {trust.folder.path, trust.folder.socket.parent}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_a_code_serves_once_and_not_after_closing(trust: Trust) -> None:
    """One response per pupil, and none after the snapshot."""
    trust.answer(trust.codes[0], 3)
    with pytest.raises(Refused, match="has been used"):
        trust.answer(trust.codes[0], 3)
    trust.close()
    for code in trust.codes[:2]:
        with pytest.raises(Refused, match="has been closed"):
            trust.answer(code, 3)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO responses SELECT afname_id, randomblob(16), stamgroep, answers, mac FROM responses",
        "INSERT OR REPLACE INTO responses SELECT * FROM responses",
        "UPDATE responses SET answers = '{}'",
        "UPDATE afnames SET closed_on = NULL",
        "UPDATE afnames SET n_responses = 0",
    ],
)
def test_the_store_itself_keeps_a_closed_afname_frozen(trust: Trust, statement: str) -> None:
    """Even a fault in our own code cannot change the snapshot."""
    trust.answer(trust.codes[0], 3)
    trust.close()
    with sqlite.engine(trust.folder.store).connect() as connection:
        with pytest.raises(IntegrityError, match=r"closed|never changed"):
            connection.execute(text(statement))
        connection.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE responses SET answers = replace(answers, '3', '4')",
        "UPDATE responses SET stamgroep = '8a'",
        "DELETE FROM responses WHERE response_id = (SELECT min(response_id) FROM responses)",
        "INSERT INTO responses SELECT afname_id, x'00', stamgroep, answers, mac FROM responses LIMIT 1",
        "UPDATE afnames SET n_responses = 2",
    ],
    ids=["answers", "stamgroep", "deleted", "doubled", "count"],
)
def test_tampering_past_the_triggers_is_noticed(trust: Trust, statement: str) -> None:
    """Whoever can write the file, but has no secret, cannot make a seal."""
    for code in trust.codes[:3]:
        trust.answer(code, 3)
    trust.close()
    assert trust.operator.verify()["sound"] is True
    with sqlite.engine(trust.folder.store).connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for trigger in ("responses_of_open_afnames_only", "responses_stay", "closed_stays_closed"):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.exec_driver_sql(statement)
    assert trust.operator.verify()["sound"] is False


def test_no_answer_code_or_address_is_ever_logged(trust: Trust, caplog: pytest.LogCaptureFixture) -> None:
    """At the most talkative level of every logger, through a whole afname with its refusals."""
    refused: list[Refused] = []
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
        trust.answer(trust.codes[0], 3)
        session = trust.client.call("enter", code=trust.codes[1])["session"]
        for fields in (
            {"op": "enter", "code": trust.codes[0]},
            {"op": "enter", "code": trust.codes[0][:-1]},
            {"op": "save", "seq": 0, "item": ITEMS[0], "value": 77},
            {"op": "save", "seq": 0, "item": "secret words", "value": 1},
            {"op": "save", "seq": "secret words", "item": ITEMS[0], "value": 1},
            {"op": "secret words"},
        ):
            with pytest.raises(Refused) as refusal:
                trust.client.call(**{"capability": session, **fields})
            refused.append(refusal.value)
        trust.close()
    said = caplog.text + "".join(f"{refusal!r} {refusal} {refusal.detail}" for refusal in refused)
    for secret in (*trust.codes, session, "192.0.2.7", "77", "secret words", trust.folder.operator_key):
        assert secret not in said
    assert not re.search(rf"{ITEMS[0]}\W+3", said)


def test_a_used_code_says_nothing_of_its_stamgroep(trust: Trust) -> None:
    """In a stamgroep where one pupil has submitted, its code would name the response."""
    trust.answer(trust.codes[0], 3)
    assert len(trust.rows(select(SPENT_CODES))) == 1
    assert len(trust.rows(select(CODES))) == 299


def test_a_count_that_was_put_back_is_noticed(trust: Trust) -> None:
    """Taking a response away together with its count needs the secret too."""
    for code in trust.codes[:2]:
        trust.answer(code, 3)
    with sqlite.engine(trust.folder.store).begin() as connection:
        one = select(RESPONSES.c.response_id).limit(1).scalar_subquery()
        connection.execute(delete(RESPONSES).where(RESPONSES.c.response_id == one))
        connection.execute(update(AFNAMES).values(n_responses=1))
    assert trust.operator.verify()["afnames"][0]["count_is_right"] is False
