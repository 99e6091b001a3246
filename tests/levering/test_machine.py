"""Any order of requests, at any moment of a schooljaar, against a model that shares no code with us."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from export.levering import stand
from instrument.school import Schooljaar
from instrument.store.refusals import Refused
from tests.levering import counter, model
from tests.levering.model import Wish
from tests.levering.office import FORM, Moment, schools

YEAR: Final = Schooljaar(2027)
KINDS: Final = (True, True, False, None)
NAMES: Final = [school.vestigingsnummer for school in schools(len(KINDS))]
STEPS: Final = int(os.environ.get("WEERGLAS_STEPS", "50000"))
"""Of the slow test."""
LONG: Final = 50
SPECIAL: Final = (
    date(2027, 10, 31), date(2027, 12, 31), date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 26),
    date(2028, 6, 30), date(2028, 7, 1), date(2028, 8, 1), date(2028, 10, 29),
)  # fmt: skip
"""Days on which the hour changes, leap day, the last day, and the day after; the schooljaar's end."""

wishes = st.builds(
    lambda ahead, level, back, named, herstel: (ahead, level, back, named, herstel),
    st.integers(0, 12) | st.integers(-2, 90),
    st.sampled_from(("school", "onderwijssoort")),
    st.integers(0, 12) | st.integers(-1, 60),
    st.sampled_from((True,) * 9 + (False,)),
    st.sampled_from((None,) * 8 + (True, False)),
)
which = st.sampled_from(NAMES[:2] * 4 + NAMES[2:])


class Leveringen(RuleBasedStateMachine):
    """Requests at the desks of the broker, and the same at the model."""

    source: Path
    steps = 0
    recorded = 0

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.moment = Moment(datetime(2027, 9, 20, 12, tzinfo=UTC))
        self.counter, self.connection = counter.opened(
            self.source, Path(self.folder.name) / "store.sqlite", self.moment
        )
        self.schools = {name: model.School(closed) for name, closed in zip(NAMES, KINDS, strict=True)}
        self.last: tuple[str, dict[str, Any], Any] | None = None
        self.number = 0
        self.items: dict[str, str] = {}

    def teardown(self) -> None:
        if hasattr(self, "counter"):
            assert self.counter.faults() == []
            type(self).recorded += len(self.counter.records())
            self.connection.rollback()
            self.connection.close()
            self.folder.cleanup()

    @property
    def today(self) -> date:
        return model.amsterdam(self.moment.now).date()

    @rule(name=which, wish=wishes)
    def give(self, name: str, wish: tuple[int, str, int, bool, bool | None]) -> None:
        ahead, level, back, named, herstel = wish
        chosen = self.today + timedelta(days=ahead)
        late = chosen > model.LAST if herstel is None else herstel
        asked = Wish(chosen, level, self.today - timedelta(days=back), late, named)
        school = self.schools[name]
        allowed = school.may_give(asked, self.today)
        event = self.decide("give_toestemming", name, allowed, fields=_form(asked))
        if event is not None:
            assert event["type"] == school.give(asked, self.today)
            assert (event["level"], event["date"]) == (level, chosen.isoformat())

    @rule(name=which)
    def withdraw(self, name: str) -> None:
        school = self.schools[name]
        if self.decide("withdraw_toestemming", name, school.may_withdraw(self.today)) is not None:
            school.withdraw()

    @rule(name=which)
    def agree(self, name: str) -> None:
        school = self.schools[name]
        fields = {"naam": "B. Bestuurder", "functie": "voorzitter"}
        if self.decide("give_akkoord", name, not school.begun, fields=fields) is not None:
            school.own_akkoord, school.events = self.today, school.events + 1

    @rule(name=which, is_stale=st.sampled_from((False, False, False, True)))
    def deliver(self, name: str, *, is_stale: bool) -> None:
        """Begin a levering, computed on the toestemming that stands, or on one that no longer does."""
        school = self.schools[name]
        events = self.counter.desk.ledger.of_vestiging(self.connection, name)
        given = [event["seq"] for event in events if event["type"] in ("gegeven", "gewijzigd")]
        self.number += 1
        item = f"{name}_{self.number}"
        afname = self.connection.exec_driver_sql(
            "SELECT afname_id FROM afnames WHERE vestigingsnummer = ?", (name,)
        ).scalar()
        seq = -1 if is_stale or not given else given[-1]
        fields = {"toestemming": seq, "afname_id": afname, "status": "herstel"}
        if school.standing is not None and not school.standing.herstel:
            fields["status"] = "geleverd"
        allowed = school.may_begin(self.today) and not is_stale
        asked = {"item_id": item, "content": "", "verified": self.counter.head()}
        if self.decide("start_levering", name, allowed, fields=fields, **asked) is not None:
            school.begun, school.events = True, school.events + 1
            self.items[name] = item

    @rule(name=which)
    def receive(self, name: str) -> None:
        """Record the receipt, also a second time."""
        school, item = self.schools[name], self.items.get(name, f"{name}_never")
        try:
            self.counter.ask("finish_levering", item_id=item, receipt="ontvangen")
            assert school.begun
        except Refused:
            assert not school.begun
            return
        if not school.delivered:
            school.delivered = True
            school.events, school.mails = school.events + 1, school.mails + 1

    @rule(name=which, days=st.integers(1, 60), is_opening=st.booleans())
    def herstel(self, name: str, days: int, *, is_opening: bool) -> None:
        school = self.schools[name]
        fields = {
            "stand": "geopend" if is_opening else "gesloten",
            "ontvangen_op": self.today.isoformat(),
            "termijn": (self.today + timedelta(days=days)).isoformat(),
            "document": "brief.pdf",
            "document_sha256": "0" * 64,
        }
        is_open = school.dossier is not None
        allowed = self.today > model.LAST and not is_open if is_opening else is_open
        if self.decide("herstel", name, allowed, fields=fields) is not None:
            school.dossier = self.today + timedelta(days=days) if is_opening else None
            school.events, school.mails = school.events + 1, school.mails + 1

    @rule(
        name=which,
        days=st.integers(0, 9),
        again=st.booleans(),
        gives_up=st.booleans(),
        waits=st.sampled_from((False, False, True)),
    )
    def a_usual_course(self, name: str, days: int, *, again: bool, gives_up: bool, waits: bool) -> None:
        """Agree, perhaps otherwise, perhaps no more; the day comes; deliver. Often refused, for any state."""
        late = self.today + timedelta(days=days) > model.LAST
        wish = (days, "school", 0, True, late)
        self.give(name, wish)
        if again:
            self.give(name, (days + 1, "onderwijssoort", 0, True, None))
        if gives_up:
            self.withdraw(name)
        self.the_day_comes(name, before=gives_up)
        if waits:
            self._to(model.midnight(model.LAST + timedelta(days=1)), before=again)
        self.deliver(name, is_stale=False)
        self.receive(name)

    @rule()
    def ask_again(self) -> None:
        """The same request once more, as a page that lost its connection does: the same answer."""
        if self.last is not None:
            op, fields, event = self.last
            assert self.counter.ask(op, **fields)["event"] == event

    @rule(minutes=st.integers(1, 3_000))
    def wait(self, minutes: int) -> None:
        self.moment.now += timedelta(minutes=minutes)

    @rule(days=st.integers(1, 40), before=st.booleans())
    def midnight(self, days: int, *, before: bool) -> None:
        """To the first second of a Dutch day, or the last before it."""
        self._to(model.midnight(self.today + timedelta(days=days)), before=before)

    @rule(name=which, before=st.sampled_from((False, False, True)))
    def the_day_comes(self, name: str, *, before: bool) -> None:
        """To 00:00 of a day that was agreed on, or the second before."""
        held = self.schools[name].standing
        if held is not None:
            self._to(model.midnight(held.leverdatum), before=before)

    @rule(day=st.sampled_from(SPECIAL), before=st.booleans(), hours=st.integers(0, 3))
    def special(self, day: date, hours: int, *, before: bool) -> None:
        self._to(model.midnight(day) + timedelta(hours=hours), before=before)

    @rule(name=which)
    def turn_the_clock_back(self, name: str) -> None:
        """Refused for everybody, once anything is recorded."""
        if any(school.events for school in self.schools.values()):
            now, self.moment.now = self.moment.now, datetime(2027, 9, 1, tzinfo=UTC)
            with pytest.raises(Refused, match=r"set the clock right|no afname"):
                self.counter.ask("withdraw_toestemming", vestigingsnummer=name, schooljaar=str(YEAR))
            self.moment.now = now

    @invariant()
    def the_ledger_says_what_the_model_says(self) -> None:
        if not hasattr(self, "counter"):
            return
        type(self).steps += 1
        for name, school in self.schools.items():
            events = self.counter.desk.ledger.of_vestiging(self.connection, name)
            assert len(events) == school.events
            found = stand.stand(events, YEAR)
            assert ("zonder" if found.lacks_toestemming else found.status) == school.status()
        mails = [item for item in self.counter.pending() if item.kind == "bericht"]
        assert len(mails) == sum(school.mails for school in self.schools.values())

    def decide(self, op: str, name: str, allowed: bool, **fields: Any) -> Any:  # noqa: FBT001 - the model's word
        self.number += 1
        asked = {
            "vestigingsnummer": name, "schooljaar": str(YEAR), "request_id": f"r{self.number}", **fields,
        }  # fmt: skip
        try:
            event = self.counter.ask(op, **asked)["event"]
        except Refused as refusal:
            if allowed or refusal.reason != "rules_refuse":
                raise
            return None
        assert allowed, event
        self.last = (op, asked, event)
        return event

    def _to(self, moment: datetime, *, before: bool) -> None:
        self.moment.now = max(self.moment.now, moment - timedelta(seconds=1 if before else 0))


def _form(wish: Wish) -> dict[str, Any]:
    return {
        **FORM,
        "naam": "A. Naam" if wish.named else "",
        "leverdatum": wish.leverdatum.isoformat(),
        "akkoord_datum": wish.akkoord.isoformat(),
        "doorleverniveau": wish.level,
        "herstel": wish.herstel,
    }


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> type[Leveringen]:
    path = tmp_path_factory.mktemp("machine") / "template.sqlite"
    counter.template(path, dict(zip(schools(len(KINDS)), KINDS, strict=True)), YEAR)
    return type("Machine", (Leveringen,), {"source": path})


def run(machine: type[Leveringen], n_steps: int) -> None:
    known = settings(
        max_examples=max(1, n_steps // LONG),
        stateful_step_count=LONG,
        deadline=None,
        derandomize=n_steps < STEPS // 5,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(machine, settings=known)


def test_any_order_of_requests_ends_as_the_model_says(machine: type[Leveringen]) -> None:
    run(machine, 250)
    assert machine.recorded > 10, "else it was about nothing"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_fifty_thousand_requests_end_as_the_model_says(machine: type[Leveringen]) -> None:
    """Last run: see benchmarks/README.md."""
    while machine.steps < STEPS:
        run(machine, STEPS // 5)
    print(f"{machine.steps} steps, {machine.recorded} events recorded, 0 differences")  # noqa: T201
