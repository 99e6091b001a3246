"""What law and trust ask of a levering, one test per rule, read as the rule (DOMAIN, TRUST)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from export.disclosure import Disclosure, DisclosureError, Suppressed
from export.levering import summary
from export.levering.preparation import LeveringRefused
from tests.levering import delivering
from tests.levering.case import GIVEN, SCHOOL, closed_afname
from tests.simulated_school import EDITION

AFNAME = closed_afname(15)
NOW = datetime(2027, 4, 1, 8, tzinfo=UTC)


def pupils(number: int, value: int = 3) -> list[dict[str, Any]]:
    """Make pupils who score the same on every item, high = favourable."""
    answers = {item.code: 5 - value if item.reversed else value for item in EDITION.items}
    return [
        {"stamgroep": "7-roos" if place % 2 else "6-zonnebloem", "answers": answers}
        for place in range(number)
    ]


def deliver(out: Path, rows: list[dict[str, Any]], events: list[dict[str, Any]] | None = None) -> str:
    """Deliver and return the JSON as it was written."""
    given = [GIVEN] if events is None else events
    delivering.deliver(school=SCHOOL, afname=AFNAME, rows=rows, events=given, now=NOW, out=out)
    return next(out.glob("*.json")).read_text("utf-8")


def test_eis_d_three_school_means_are_delivered_on_their_own_scale(tmp_path: Path):
    """EIS-D: the inspectorate receives the mean of each of the three aspects, and can read it."""
    found = json.loads(deliver(tmp_path, pupils(20)))["indicator"]
    assert [indicator["code"] for indicator in found] == ["veiligheidsbeleving", "aantasting", "welbevinden"]
    for indicator in found:
        assert indicator["schaal_minimum"] < indicator["gemiddelde"] < indicator["schaal_maximum"]
        assert indicator["richting"] == "hoger_is_gunstiger"


def test_eis_b_representativeness_goes_with_the_means(tmp_path: Path):
    """EIS-B: a representative part of the pupils; the counts per leerjaar let the reader judge."""
    found = json.loads(deliver(tmp_path, pupils(20)))
    assert [stratum["leerjaar"] for stratum in found["representativiteit"]] == [6, 7]
    assert found["representativiteit_totaal"]["oordeel"] == "te_weinig_deelnemers"


def test_eis_e_without_toestemming_nothing_is_delivered(tmp_path: Path):
    """EIS-E: a provider delivers on behalf of the school, only after its toestemming."""
    with pytest.raises(LeveringRefused, match="toestemming"):
        deliver(tmp_path, pupils(20), events=[])
    assert list(tmp_path.iterdir()) == []


def test_eis_e_toestemming_is_per_vestiging_and_per_schooljaar(tmp_path: Path):
    """EIS-E: last year's does not count, nor another school's."""
    for other in ({"schooljaar": "2025-2026"}, {"vestigingsnummer": "99AB00"}):
        with pytest.raises(LeveringRefused, match="toestemming"):
            deliver(tmp_path, pupils(20), events=[{**GIVEN, **other}])


def test_eis_e_the_consent_is_in_the_file(tmp_path: Path):
    """EIS-E: who gave it, who agreed, when, at which level, for which day."""
    found = json.loads(deliver(tmp_path, pupils(20)))["toestemming"]
    assert found["gegeven"] is found["akkoord_bevoegd_gezag"]["akkoord"] is True
    assert (found["doorleverniveau"], found["leverdatum"]) == ("school", "2027-04-01")


def test_eis_f_no_stamgroep_and_no_pupil_leaves(tmp_path: Path):
    """EIS-F: not traceable to a person or case; never a pupil, never a class."""
    deliver(tmp_path, pupils(20))
    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not [name for name in (b"zonnebloem", b"7-roos", b"VB01", b"AT01", b"WB01") if name in everything]


def test_d1_nothing_is_shown_before_closing(tmp_path: Path):
    """D1: while open there are no results, for the coordinator nor for a delivery."""
    still_open = replace(AFNAME, closed_on=None)
    with pytest.raises(DisclosureError):
        summary.release(SCHOOL, still_open, pupils(20))
    with pytest.raises(LeveringRefused, match="nog open"):
        delivering.deliver(school=SCHOOL, afname=still_open, rows=[], events=[GIVEN], now=NOW, out=tmp_path)


@pytest.mark.parametrize(("number", "shown"), [(9, False), (10, True)])
def test_d2_nine_pupils_are_too_few_and_ten_are_enough(tmp_path: Path, number: int, *, shown: bool):
    """D2: at least ten answers, else no figure and no count."""
    released = summary.release(SCHOOL, AFNAME, pupils(number))["indicator"]
    assert all((indicator["gemiddelde"] is not None) is shown for indicator in released)
    if shown:
        assert deliver(tmp_path, pupils(number))
    else:
        with pytest.raises(LeveringRefused, match="te weinig leerlingen"):
            deliver(tmp_path, pupils(number))


def test_d2_a_suppressed_figure_has_a_reason_and_no_count():
    """D2: "te weinig leerlingen" and nothing more."""
    found = Disclosure(AFNAME).mean([3.0] * 9, low=1, high=4)
    assert found == Suppressed("te weinig leerlingen")


@pytest.mark.parametrize(("value", "shown"), [(4, 3.7), (1, 1.3)])
def test_d5_unanimity_does_not_show(value: int, shown: float):
    """D5: where all ten pupils answer the same end, the mean stays 3/n from it."""
    released = summary.release(SCHOOL, AFNAME, pupils(10, value))["indicator"]
    assert [indicator["gemiddelde"] for indicator in released] == [shown] * 3


def test_d5_one_pupil_at_the_end_of_the_scale_leaves_every_byte_the_same(tmp_path: Path):
    """D5, neighbour attack: among pupils who all answer alike, one other answer is seen in no file."""
    rows = pupils(20, 4)
    neighbour = [*rows[:-1], {**rows[-1], "answers": pupils(1, 1)[0]["answers"]}]
    deliver(tmp_path / "een", rows)
    deliver(tmp_path / "ander", neighbour)
    for file in (tmp_path / "een").iterdir():
        assert file.read_bytes() == (tmp_path / "ander" / file.name).read_bytes()


def test_d5_one_item_answered_otherwise_is_rounded_away():
    """D5: one answer of one pupil moves a mean of thirty by a point over 6 · 30 at most."""
    rows = pupils(15, 2) + pupils(15, 3)
    answers = {**rows[0]["answers"], "VB01": 3 if rows[0]["answers"]["VB01"] == 2 else 2}
    neighbour = [{**rows[0], "answers": answers}, *rows[1:]]
    first, second = (summary.release(SCHOOL, AFNAME, each)["indicator"] for each in (rows, neighbour))
    assert first == second


def test_simulated_answers_are_named_as_such_in_the_file(tmp_path: Path):
    """A simulated school must never be taken for a real one."""
    assert json.loads(deliver(tmp_path, pupils(20)))["gesimuleerd"] is True
