"""The operator's client: what the command line may do with a data folder, without an event loop."""

from __future__ import annotations

import contextlib
import socket as sockets
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Self

from instrument.afname import Afname, Stamgroep
from instrument.store import frames
from instrument.store.records import afname_from_dict, afname_to_dict, school_from_dict, school_to_dict
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from instrument.school import School, Schooljaar
    from instrument.store.data_folder import DataFolder
    from instrument.store.ledger.ledger import Event
    from instrument.store.ledger.ledger_rules import Rules
    from instrument.store.responses import ResponseRow
    from instrument.store.results.results_desk import Release

PATIENCE: Final = 600.0
"""Seconds to wait for a reply: thousands of codes take minutes."""
STARTING: Final = 10.0
"""Seconds in which a broker that holds the lock must answer."""
PAGE_ROWS: Final = 2_000
CHUNK_ROWS: Final = 500


class BrokerUnreachable(Exception):  # noqa: N818 - it reads as the fact it is
    """No broker answers; what was asked is not acknowledged and may be asked again."""

    def __init__(self, socket: Path | None = None) -> None:
        place = f" at {socket}" if socket else ""
        super().__init__(f"no broker answers{place}; start it with `weerglas serve` and try again")


class BlockingClient:
    """Asks the broker one thing at a time."""

    def __init__(self, socket: Path) -> None:
        self._number = 0
        self._socket = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
        self._socket.settimeout(PATIENCE)
        try:
            self._socket.connect(str(socket))
        except OSError as fault:
            self._socket.close()
            raise BrokerUnreachable(socket) from fault

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def call(self, op: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Return the answer to a request; raises `Refused` or `BrokerUnreachable`."""
        self._number += 1
        frame = frames.encode({**fields, "id": self._number, "op": op})
        try:
            self._socket.sendall(frame)
            reply = frames.receive(self._socket)
        except (OSError, EOFError) as fault:
            raise BrokerUnreachable from fault
        if "refused" in reply:
            raise Refused(reply["refused"], reply.get("detail"))
        answer: dict[str, Any] = reply["ok"]
        return answer


@contextmanager
def operator(
    folder: DataFolder, *, release: Release | None = None, rules: Rules | None = None
) -> Iterator[Operator]:
    """Give an operator of a data folder: of its running broker, else of one that runs as long as this."""
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(_client(folder, stack, release=release, rules=rules))
        yield Operator(client, folder.operator_key)


def _client(
    folder: DataFolder, stack: contextlib.ExitStack, *, release: Release | None, rules: Rules | None
) -> BlockingClient:
    deadline = time.monotonic() + STARTING
    while True:
        with contextlib.suppress(BrokerUnreachable):
            return BlockingClient(folder.socket)
        from instrument.store import broker  # noqa: PLC0415 - takes a second, and kernels import this module

        with contextlib.suppress(broker.BrokerRunning):
            stack.enter_context(broker.running(folder, release=release, rules=rules))
        # Where another broker has the lock it is starting, or going; both end soon.
        if time.monotonic() > deadline:
            raise BrokerUnreachable(folder.socket)
        time.sleep(0.05)


class Operator:
    """Everything that the command line asks of a broker, with the values of the house."""

    def __init__(self, client: BlockingClient, key: str) -> None:
        self._client = client
        self._key = key
        self._call("hello")

    def add_school(self, school: School) -> None:
        """Keep a school; refuses one that is there already."""
        self._call("add_school", school=school_to_dict(school))

    def add_account(self, *, name: str, password: str | None = None, **of: str) -> None:
        """Give somebody a login: `of` is role, vestigingsnummer or bevoegd_gezag_nummer, as for `invite`."""
        self._call("add_account", name=name, password=password, **of)

    def invite(self, *, name: str, days: int = 14, **of: str) -> str:
        """Return the token of an invitation, which cannot be read again.

        `of` names the role, and a coordinator's vestigingsnummer or a bestuur's bevoegd_gezag_nummer.
        """
        return str(self._call("invite", name=name, days=days, **of)["token"])

    def accounts(self) -> list[dict[str, Any]]:
        """Return name, role, vestigingsnummer and bevoegd_gezag_nummer of all accounts."""
        return list(self._call("accounts")["accounts"])

    def remove_account(self, name: str) -> None:
        """Forget an account and end its sessions."""
        self._call("remove_account", name=name)

    def open_afname(  # noqa: PLR0913 - an afname has these facts
        self,
        *,
        vestigingsnummer: str,
        schooljaar: Schooljaar,
        edition: str,
        fingerprint: str,
        stamgroepen: Sequence[Stamgroep],
        opened_on: date,
        modules: Sequence[str] = (),
    ) -> Afname:
        """Open an afname and return it with its id; refuses a second open one of the same vestiging."""
        wanted = Afname(
            afname_id="(new)",
            vestigingsnummer=vestigingsnummer,
            schooljaar=schooljaar,
            edition=edition,
            fingerprint=fingerprint,
            stamgroepen=tuple(stamgroepen),
            opened_on=opened_on,
            modules=tuple(modules),
        )
        answer = self._call("open_afname", afname=afname_to_dict(wanted))
        return replace(wanted, afname_id=answer["afname_id"])

    def close_afname(self, vestigingsnummer: str, *, on: date) -> Afname:
        """Close the open afname of a school: codes and drafts are destroyed, the responses are frozen."""
        answer = self._call("close_afname", vestigingsnummer=vestigingsnummer, on=on.isoformat())
        return afname_from_dict(answer["afname"])

    def issue_codes(self, afname_id: str, *, stamgroep: str, number: int) -> list[str]:
        """Draw codes for a stamgroep; they can never be read again."""
        answer = self._call("issue_codes", afname_id=afname_id, stamgroep=stamgroep, number=number)
        return list(answer["codes"])

    def schools(self) -> list[School]:
        """Return all schools."""
        return [school_from_dict(fields) for fields in self._call("schools")["schools"]]

    def afnames(self) -> list[Afname]:
        """Return all afnamen."""
        return [afname_from_dict(fields) for fields in self._call("afnames")["afnames"]]

    def response(self, afname_id: str) -> dict[str, int]:
        """Return the number of used codes per stamgroep, also of an open afname."""
        return self._call("response", afname_id=afname_id)

    def responses(self, afname_id: str) -> Iterator[ResponseRow]:
        """Yield the responses of a closed afname, page by page, in the order of their random keys."""
        after = None
        while True:
            page = self._call("responses", afname_id=afname_id, after=after, limit=PAGE_ROWS)
            yield from page["rows"]
            after = page["after"]
            if after is None:
                return

    def add_responses(self, afname_id: str, rows: Iterable[ResponseRow]) -> int:
        """Put simulated answers into an open afname of a simulated school; returns how many."""
        given, added = list(rows), 0
        for start in range(0, len(given), CHUNK_ROWS):
            chunk = given[start : start + CHUNK_ROWS]
            added += self._call("add_responses", afname_id=afname_id, rows=chunk)["added"]
        return added

    def events(self, vestigingsnummer: str) -> list[Event]:
        """Return the events of one vestiging in the ledger of toestemming, the oldest first."""
        return list(self._call("toestemming", vestigingsnummer=vestigingsnummer)["events"])

    def ask(self, op: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Return the answer to any request of an operator; see `dispatch.OPERATOR_OPS`."""
        return self._call(op, **fields)

    def verify(self) -> dict[str, Any]:
        """Check the seals of all responses and the chain of the ledger; `sound` sums it up."""
        return self._call("verify")

    def backup(self, file: Path) -> int:
        """Have the broker write a backup to a new file; returns of how many open afnamen it holds drafts."""
        return int(self._call("backup", file=str(file))["open"])

    def _call(self, op: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        return self._client.call(op, capability=self._key, **fields)
