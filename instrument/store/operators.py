"""What the operator may ask: setting up schools and afnamen, and the frozen responses of closed ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from instrument.questionnaire import UnknownModuleError
from instrument.school import check_vestigingsnummer
from instrument.store import afnames, codes, responses, schools
from instrument.store.issuing import MOST_CODES, Issuing
from instrument.store.records import afname_from_dict, afname_to_dict, day, school_from_dict, school_to_dict
from instrument.store.refusals import Refused
from instrument.store.stores import NOTHING, Erase

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from instrument.afname import Afname
    from instrument.questionnaire import Edition
    from instrument.store.backups import Backups
    from instrument.store.keys import Keys
    from instrument.store.ledger.ledger import Ledger
    from instrument.store.requests import Request
    from instrument.store.sessions import OperatorSession
    from instrument.store.writer import Writer

MOST_ROWS: Final = 5_000
"""Responses of one page."""


@dataclass(frozen=True, slots=True)
class OperatorDesk:
    """Answers everything that the command line asks."""

    writer: Writer
    keys: Keys
    issuing: Issuing
    edition_of: Callable[[str], Edition]
    backups: Backups
    closed: Callable[[], None]
    ledger: Ledger

    async def hello(self, _session: OperatorSession, _request: Request) -> dict[str, Any]:
        """Say that the key is right; from here on this connection may send large frames."""
        return {}

    async def add_school(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Keep a school."""
        school = request.parsed("school", school_from_dict)
        await self.writer.run(lambda connection: schools.add(connection, school))
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
        number = request.number("number", least=1, most=MOST_CODES)
        return {"codes": await self.issuing.issue(afname_id, stamgroep, number)}

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
        after = request.parsed("after", responses.key)

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

    async def verify(self, _session: OperatorSession, _request: Request) -> dict[str, Any]:
        """Check the seals of all responses and the chain of the ledger."""

        def check(connection: Connection) -> dict[str, Any]:
            found = list(responses.verify(connection, self.keys))
            broken = [str(fault) for fault in self.ledger.faults(connection)]
            return {
                "afnames": [asdict(afname) for afname in found],
                "ledger_faults": broken,
                "sound": not broken and all(afname.is_sound for afname in found),
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


def _vestigingsnummer(request: Request) -> str:
    return request.parsed("vestigingsnummer", check_vestigingsnummer)


def _absolute(path: str) -> Path:
    if not Path(path).is_absolute():
        raise ValueError("give the whole path of a file")
    return Path(path)


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
