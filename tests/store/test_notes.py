"""Conclusies en maatregelen: kept per closed afname, plain text only, and never part of a delivery."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instrument.store.client import Refused
from instrument.store.preparation.note_text import LONGEST, MOST_LINES, NoteFault, plain
from tests.simulated_school import EDITION, VESTIGING

if TYPE_CHECKING:
    from tests.unit.conftest import Classroom

TEXT = "Wij hangen een klok op het plein.\n\n= En wij vragen leerlingen “wat helpt”? 🌞"


def test_a_note_is_kept_with_its_own_afname(classroom: Classroom):
    """A new afname begins empty; the text of the one before stays with it."""
    coordinator = classroom.login()
    classroom.close()
    assert coordinator.ask("note") == {"text": ""}
    coordinator.ask("set_note", text=f"  {TEXT}\r\n")
    assert coordinator.ask("note") == {"text": TEXT}
    coordinator.ask("set_note", text="Anders")
    assert coordinator.ask("note") == {"text": "Anders"}

    again = classroom.operator.open_afname(
        vestigingsnummer=VESTIGING,
        schooljaar=classroom.afname.schooljaar,
        edition=EDITION.code,
        fingerprint=classroom.afname.fingerprint,
        stamgroepen=classroom.afname.stamgroepen,
        opened_on=date(2026, 11, 21),
    )
    classroom.operator.close_afname(VESTIGING, on=date(2026, 11, 22))
    assert coordinator.ask("note") == {"text": ""}
    of = [
        classroom.operator.ask("note_of", afname_id=one)["text"]
        for one in (classroom.afname.afname_id, again.afname_id)
    ]
    assert of == ["Anders", ""]


def test_an_empty_text_takes_the_note_away(classroom: Classroom):
    coordinator = classroom.login()
    classroom.close()
    coordinator.ask("set_note", text=TEXT)
    coordinator.ask("set_note", text=" \n ")
    assert coordinator.ask("note") == {"text": ""}


def test_nothing_is_concluded_from_an_open_afname(classroom: Classroom):
    coordinator = classroom.login()
    for op in ("note", "set_note"):
        with pytest.raises(Refused) as refused:
            coordinator.ask(op, text=TEXT)
        assert refused.value.reason == "afname_open"


def test_a_refused_text_changes_nothing_and_is_not_repeated(classroom: Classroom):
    coordinator = classroom.login()
    classroom.close()
    coordinator.ask("set_note", text=TEXT)
    for bad in ("geheim\x07", "geheim\u202e", "g" * (LONGEST + 1), "g\n" * (MOST_LINES + 1), 7, None):
        with pytest.raises(Refused) as refused:
            coordinator.ask("set_note", text=bad)
        assert refused.value.reason == "bad_request"
        assert "geheim" not in str(refused.value)
    assert coordinator.ask("note") == {"text": TEXT}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * LONGEST, None),
        ("x" * (LONGEST + 1), "too_long"),
        ("x\n\n" * MOST_LINES, None),
        ("x\n" * (MOST_LINES + 1), "too_many_lines"),
        ("een\ttab", "hidden_sign"),
        ("een\x00", "hidden_sign"),
        ("een\x85", "hidden_sign"),
        ("een\u2028twee", "hidden_sign"),
        ("een\u202etwee", "hidden_sign"),
        ("een\u2066twee", "hidden_sign"),
        ("een\u200ftwee", "hidden_sign"),
        ("een\ud800twee", "hidden_sign"),
        ("Ünïcode, €, 👩\u200d🏫", None),
    ],
)
def test_the_border_of_what_a_note_may_hold(text: str, reason: str | None):
    if reason is None:
        assert plain(text) == text.strip(" \n")
        return
    with pytest.raises(NoteFault) as fault:
        plain(text)
    assert fault.value.reason == reason


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200))
def test_what_is_kept_is_kept_again_unchanged(text: str):
    try:
        kept = plain(text)
    except NoteFault:  # a sign that turns the direction of reading
        return
    assert plain(kept) == kept
