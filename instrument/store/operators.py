"""What the operator may ask: setting up schools and afnamen, and the frozen responses of closed ones."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from instrument import deelnamecode
from instrument.questionnaire import UnknownModuleError
from instrument.school import Schooljaar, check_vestigingsnummer
from instrument.store import afnames, codes, ledger, responses, schools
from instrument.store.frontdesk import hash_password
from instrument.store.records import afname_from_dict, afname_to_dict, day, school_from_dict, school_to_dict
from instrument.store.refusals import Refused
from instrument.store.stores import NOTHING, Erase

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from sqlalchemy import Connection

    from instrument.afname import Afname
    from instrument.questionnaire import Edition
    from instrument.store.backups import Backups
    from instrument.store.keys import Keys
    from instrument.store.requests import Request
    from instrument.store.sessions import OperatorSession
    from instrument.store.writer import Writer

MOST_CODES: Final = 5_000
"""Codes of one request; a stamgroep has some dozens."""
MOST_ROWS: Final = 5_000
"""Responses of one page."""
AT_ONCE: Final = 2
"""Codes derived at a time, so that pupils who log in meanwhile do not wait behind hundreds."""


@dataclass(frozen=True, slots=True)
class OperatorDesk:
    """Answers everything that the command line asks."""

    writer: Writer
    keys: Keys
    stretching: Executor
    edition_of: Callable[[str], Edition]
    backups: Backups
    closed: Callable[[], None]

    async def hello(self, _session: OperatorSession, _request: Request) -> dict[str, Any]:
        """Say that the key is right; from here on this connection may send large frames."""
        return {}

    async def add_school(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Keep a school."""
        school = request.parsed("school", school_from_dict)
        await self.writer.run(lambda connection: schools.add(connection, school))
        return {}

    async def add_account(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Keep a coordinator's account."""
        name, vestigingsnummer = request.text("name"), _vestigingsnummer(request)
        password_hash = await asyncio.to_thread(hash_password, request.text("password"))
        await self.writer.run(
            lambda connection: schools.add_account(
                connection, name=name, vestigingsnummer=vestigingsnummer, password_hash=password_hash
            )
        )
        return {}

    async def open_afname(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Open an afname; its id is drawn here."""
        afname = request.parsed("afname", afname_from_dict)
        self._edition(afname)
        opened = await self.writer.run(lambda connection: afnames.add(connection, afname, self.keys))
        return {"afname_id": opened.afname_id}

    async def close_afname(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Close the latest afname of a vestiging; codes and drafts are destroyed."""
        vestigingsnummer, on = _vestigingsnummer(request), request.parsed("on", day)

        def close(connection: Connection) -> Afname:
            schools.get(connection, vestigingsnummer)
            afname = afnames.latest(connection, vestigingsnummer)
            if afname is None:
                raise Refused("no_afname")
            return afnames.close(connection, afname, on)

        closed = await self.writer.run(close, erase=Erase.FROM_STORE)
        self.closed()
        return {"afname": afname_to_dict(closed)}

    async def issue_codes(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Draw codes for a stamgroep: this reply is the only moment at which they can be read."""
        afname_id, stamgroep = request.text("afname_id"), request.text("stamgroep")
        drawn = [deelnamecode.generate() for _ in range(request.number("number", least=1, most=MOST_CODES))]
        salt = await self.writer.run(lambda connection: _salt(connection, afname_id), touches=NOTHING)
        tags = await self._tags(drawn, salt)

        def add(connection: Connection) -> None:
            codes.reserve(connection, afname_id, stamgroep, len(tags))
            codes.add(connection, afname_id, stamgroep, tags)

        await self.writer.run(add, touches=afname_id)
        return {"codes": drawn}

    async def schools(self, _session: OperatorSession, _request: Request) -> dict[str, Any]:
        """Return all schools."""
        found = await self.writer.run(schools.every, touches=NOTHING)
        return {"schools": [school_to_dict(school) for school in found]}

    async def afnames(self, _session: OperatorSession, _request: Request) -> dict[str, Any]:
        """Return all afnamen."""
        found = await self.writer.run(afnames.every, touches=NOTHING)
        return {"afnames": [afname_to_dict(afname) for afname in found]}

    async def response(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Return the number of used codes per stamgroep."""
        afname_id = request.text("afname_id")

        def read(connection: Connection) -> dict[str, Any]:
            return dict(afnames.used_codes(connection, afnames.get(connection, afname_id).afname_id))

        return await self.writer.run(read, touches=NOTHING)

    async def responses(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Return a page of the responses of a closed afname, in the order of their random keys."""
        afname_id, limit = request.text("afname_id"), request.number("limit", least=1, most=MOST_ROWS)
        after = request.parsed("after", _key)

        def read(connection: Connection) -> responses.Page:
            afname = afnames.get(connection, afname_id)
            return responses.page(connection, afname, after=after, limit=limit)

        page = await self.writer.run(read, touches=NOTHING)
        return {"rows": page.rows, "after": page.after}

    async def add_responses(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Put simulated answers into an open afname; each counts as one code issued and used."""
        afname_id, rows = request.text("afname_id"), request.listing("rows")

        def add(connection: Connection) -> None:
            afname = afnames.get(connection, afname_id)
            if not schools.get(connection, afname.vestigingsnummer).simulated:
                raise Refused("not_simulated")
            checked = _checked(rows, self._edition(afname))
            for stamgroep, number in Counter(row["stamgroep"] for row in checked).items():
                codes.reserve(connection, afname_id, stamgroep, number)
                codes.count_used(connection, afname_id, stamgroep, number)
            responses.add(connection, self.keys, afname_id, checked)

        await self.writer.run(add, touches=afname_id, erase=Erase.FROM_LOG)
        return {"added": len(rows)}

    async def append_event(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Add an event to the ledger of toestemming."""
        vestigingsnummer, kind, payload = (
            _vestigingsnummer(request),
            request.text("type"),
            request.mapping("payload"),
        )
        schooljaar = request.parsed("schooljaar", Schooljaar.parse)
        event = await self.writer.run(
            lambda connection: ledger.append(
                connection,
                vestigingsnummer=vestigingsnummer,
                schooljaar=schooljaar,
                type=kind,
                payload=payload,
            )
        )
        return {"event": event}

    async def events(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Return the events of one vestiging."""
        vestigingsnummer = _vestigingsnummer(request)
        found = await self.writer.run(
            lambda connection: ledger.of_vestiging(connection, vestigingsnummer), touches=NOTHING
        )
        return {"events": found}

    async def verify(self, _session: OperatorSession, _request: Request) -> dict[str, Any]:
        """Check the seals of all responses and the chain of the ledger."""

        def check(connection: Connection) -> dict[str, Any]:
            found = list(responses.verify(connection, self.keys))
            chained = ledger.verify(connection)
            return {
                "afnames": [asdict(afname) for afname in found],
                "ledger_is_chained": chained,
                "sound": chained and all(afname.is_sound for afname in found),
            }

        return await self.writer.run(check)

    def _edition(self, afname: Afname) -> Edition:
        try:
            return self.edition_of(afname.edition).with_modules(afname.modules)
        except UnknownModuleError as fault:
            raise Refused("unknown_module", {"fault": str(fault)}) from None
        except (KeyError, ValueError):
            raise Refused("unknown_edition", {"edition": afname.edition}) from None

    async def backup(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Write a backup; `open` is the number of afnamen whose codes and drafts are in it."""
        opened = await self.backups.make(request.parsed("file", _absolute))
        return {"open": len(opened)}

    async def _tags(self, drawn: list[str], salt: bytes) -> list[bytes]:
        turns = asyncio.Semaphore(AT_ONCE)

        async def tag(code: str) -> bytes:
            async with turns:
                derive = asyncio.get_running_loop().run_in_executor
                keys = await derive(self.stretching, self.keys.of_code, deelnamecode.normalise(code), salt)
            return keys.code_tag

        return await asyncio.gather(*(tag(code) for code in drawn))


def _vestigingsnummer(request: Request) -> str:
    return request.parsed("vestigingsnummer", check_vestigingsnummer)


def _absolute(path: str) -> Path:
    if not Path(path).is_absolute():
        raise ValueError("give the whole path of a file")
    return Path(path)


def _key(value: str | None) -> str | None:
    return None if value is None else bytes.fromhex(value).hex()


def _salt(connection: Connection, afname_id: str) -> bytes:
    afnames.get(connection, afname_id)
    for afname in afnames.all_open(connection):
        if afname.afname_id == afname_id:
            return afname.salt
    raise Refused("afname_closed")


def _checked(rows: list[Any], edition: Edition) -> list[responses.ResponseRow]:
    for number, row in enumerate(rows):
        if not _is_response(row, edition):
            raise Refused(
                "bad_request", {"field": f"rows[{number}]", "fault": "give a stamgroep and answers"}
            )
    return rows


def _is_response(row: Any, edition: Edition) -> bool:  # noqa: ANN401 - not known yet
    if not isinstance(row, dict) or not isinstance(row.get("stamgroep"), str):
        return False
    answers, items = row.get("answers"), {item.code: item for item in edition.items}
    return isinstance(answers, dict) and all(
        code in items and type(value) is int and items[code].accepts(value) for code, value in answers.items()
    )
