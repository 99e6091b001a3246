"""A board with schools whose afname is closed, at a real broker with the real rules; a clock that turns."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from export.account import simulation
from export.levering import configuration
from export.levering.configuration import Configuration
from export.levering.ronde import Ronde
from export.levering.rulings import RULES
from instrument import catalogue, editions
from instrument.school import School, Schooljaar
from instrument.store import broker, client
from instrument.store.keys import Effort
from instrument.store.ledger.ledger_client import LedgerClient
from instrument.store.ledger.ledger_clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from export.levering.transport import Transport
    from export.levering.verslag import Report
    from instrument.store.data_folder import DataFolder
    from instrument.store.ledger.ledger import Event

EDITION: Final = catalogue.edition("po_bovenbouw_2026")
YEAR: Final = Schooljaar(2026)
BOARD: Final = "41234"
OPENED, CLOSED = date(2026, 11, 2), date(2026, 11, 20)
BEGIN: Final = datetime(2027, 3, 1, 9, tzinfo=UTC)
QUICK: Final = Effort(memory_kib=8, passes=1)
FORM: Final = {
    "naam": "S. de Vries",
    "functie": "coördinator",
    "akkoord_naam": "J. van den Berg",
    "akkoord_functie": "bestuurder",
    "akkoord_datum": "2027-02-20",
    "doorleverniveau": "school",
    "leverdatum": "2027-04-01",
    "afnamewijze": "klassikaal",
    "toezicht": "eigen leerkracht",
    "voorgelezen": False,
    "medium": "digitaal",
}


def schools(number: int) -> list[School]:
    """Make simulated schools of one board."""
    return [
        School(f"99A{chr(65 + n // 100)}{n % 100:02}", f"School {n}", "po", "BO", simulated=True,
               bevoegd_gezag_nummer=BOARD)
        for n in range(number)
    ]  # fmt: skip


@dataclass
class Moment:
    """A clock that a test turns."""

    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    """What a provider has: a broker, the ledger, and where parcels go."""

    folder: DataFolder
    operator: client.Operator
    caller: client.BlockingClient
    ledger: LedgerClient
    moment: Moment
    configuration: Configuration = field(default_factory=lambda: Configuration(pickup=None))  # type: ignore[arg-type]

    def give(self, number: str = "99AA00", **fields: Any) -> Event:
        """Give or change the toestemming of a school."""
        return self.ledger.decide("give_toestemming", number, YEAR, fields={**FORM, **fields})

    def withdraw(self, number: str = "99AA00") -> Event:
        return self.ledger.decide("withdraw_toestemming", number, YEAR)

    def ronde(self, **options: Any) -> Ronde:
        return Ronde(self.ledger, self.configuration, self.moment.now, {"herstel": None, **options})

    def run(self, way: Transport | None = None) -> Report:
        """Do one round at the moment that it is."""
        return self.ronde().run(way)

    def login(self, name: str = "anna", **of: str) -> Caller:
        """Give somebody a login and log in; a coordinator of the first school unless told otherwise."""
        account = {"name": name, "password": "twaalf tekens lang"}
        self.operator.add_account(**account, **(of or {"vestigingsnummer": "99AA00"}))
        return Caller(self.caller, self.caller.call("login", **account)["session"])

    def types(self, number: str = "99AA00") -> list[str]:
        return [event["type"] for event in self.operator.events(number)]


@dataclass(frozen=True)
class Caller:
    """Somebody who logged in."""

    client: client.BlockingClient
    capability: str

    def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        return self.client.call(op, capability=self.capability, **fields)


@contextlib.contextmanager
def office(folder: DataFolder, moment: Moment, **settings: Any) -> Iterator[Office]:
    """Run a broker with the rules; levering.toml is read as the command reads it."""
    with (
        broker.running(folder, effort=QUICK, rules=RULES, clock=Clock(moment, steady=None), **settings),
        client.operator(folder) as operator,
        client.BlockingClient(folder.socket) as caller,
    ):
        known = configuration.load(folder.path)
        yield Office(folder, operator, caller, LedgerClient(operator), moment, known)


def open_afname(
    operator: client.Operator, school: School, *, n_pupils: int = 12, seed: int = 1, on: date = OPENED
) -> None:
    """Add a school with an open afname in which everybody has answered."""
    operator.add_school(school)
    opened = operator.open_afname(
        vestigingsnummer=school.vestigingsnummer,
        schooljaar=Schooljaar.of(on),
        edition=EDITION.code,
        fingerprint=editions.fingerprint(EDITION),
        stamgroepen=simulation.simulated_stamgroepen(EDITION, n_pupils=n_pupils),
        opened_on=on,
    )
    operator.add_responses(opened.afname_id, answers(n_pupils, seed))


def closed_afname(
    operator: client.Operator, school: School, *, n_pupils: int = 12, on: date | None = None
) -> None:
    """Add a school with a closed afname, in November 2026 or on a day of its own."""
    open_afname(operator, school, n_pupils=n_pupils, on=on or OPENED)
    operator.close_afname(school.vestigingsnummer, on=on or CLOSED)


def answers(n_pupils: int, seed: int) -> list[Any]:
    found = simulation.simulated_answers(EDITION, n_schools=1, pupils_per_school=n_pupils, seed=seed)
    return list(simulation.response_rows(found))


def write_configuration(path: Path, text: str, secrets: Mapping[str, str] | None = None) -> None:
    """Write levering.toml, and the files with secrets that it names."""
    (path / configuration.FILE).write_text(text, "utf-8")
    for name, secret in (secrets or {}).items():
        (path / name).write_text(secret, "utf-8")
        (path / name).chmod(0o600)
