"""What may be shown of a closed afname, at its borders."""

from __future__ import annotations

import dataclasses
import importlib.util
import math
import re
from datetime import date
from pathlib import Path

import pytest

from export.disclosure import (
    TOO_FEW,
    Disclosure,
    DisclosureError,
    LeerjaarResponse,
    Released,
    Suppressed,
    rules,
)
from instrument.afname import Afname, Stamgroep
from instrument.school import Schooljaar

AFNAME = Afname(
    afname_id="a",
    vestigingsnummer="99AA00",
    schooljaar=Schooljaar(2026),
    edition="po_bovenbouw_2026",
    fingerprint="sha256:0",
    stamgroepen=(Stamgroep("6-zonnebloem", 6, 20), Stamgroep("7-roos", 7, 25), Stamgroep("7-tulp", 7, 24)),
    opened_on=date(2026, 11, 2),
    closed_on=date(2026, 11, 20),
)
GATE = Disclosure(AFNAME)
ROOT = Path(__file__).parents[2]


def mean(scores: list[float]) -> Released:
    """Release scores on the scale 1 to 4 that must not be suppressed."""
    found = GATE.mean(scores, low=1, high=4)
    assert isinstance(found, Released)
    return found


def test_nine_answers_are_too_few():
    assert GATE.mean([3.0] * 9, low=1, high=4) == Suppressed(TOO_FEW)


def test_ten_answers_are_enough():
    assert mean([3.0] * 10).mean == 3.0


def test_missing_answers_do_not_count_towards_the_minimum():
    assert isinstance(GATE.mean([3.0] * 9 + [math.nan] * 20, low=1, high=4), Suppressed)


def test_a_suppressed_figure_tells_nothing_but_its_reason():
    """A count of too few would itself be the count that may not be told (D2)."""
    assert [field.name for field in dataclasses.fields(Suppressed)] == ["reason"]
    assert GATE.mean([], low=1, high=4) == GATE.mean([3.0] * 9, low=1, high=4)


def test_an_open_afname_has_no_gate():
    with pytest.raises(DisclosureError, match="close it"):
        Disclosure(dataclasses.replace(AFNAME, closed_on=None))


def test_the_minimum_can_be_raised():
    strict = Disclosure(AFNAME, minimum_answers=15)
    assert isinstance(strict.mean([3.0] * 14, low=1, high=4), Suppressed)
    assert isinstance(strict.mean([3.0] * 15, low=1, high=4), Released)


def test_the_minimum_cannot_go_below_five():
    assert Disclosure(AFNAME, minimum_answers=5).minimum_answers == 5
    with pytest.raises(DisclosureError, match="floor of 5"):
        Disclosure(AFNAME, minimum_answers=4)


def test_a_released_mean_cannot_be_made_elsewhere():
    with pytest.raises(DisclosureError, match=r"Disclosure\.mean"):
        Released(3.0, 10, 1, 4, object())


def test_a_released_mean_cannot_be_changed_into_another():
    with pytest.raises((DisclosureError, ValueError)):
        dataclasses.replace(mean([3.0] * 10), mean=4.0)


@pytest.mark.parametrize(
    ("scores", "shown"),
    [([3.25] * 20, 3.3), ([3.24] * 20, 3.2), ([2.5, 2.8] * 10, 2.7), ([2 + 1 / 3] * 15, 2.3)],
)
def test_means_are_rounded_to_one_decimal_half_up(scores: list[float], shown: float):
    """As taught at school; Python's own rounding would make 3.25 a 3.2."""
    assert mean(scores).mean == shown


def test_the_order_of_the_rows_does_not_matter():
    """A plain sum of floats depends on it, and with it the bytes of the file."""
    scores = [1 + 3 * math.sin(number) ** 2 for number in range(500)]
    assert mean(scores) == mean(scores[::-1]) == mean(sorted(scores))


@pytest.mark.parametrize(
    ("n", "least", "most"), [(10, 1.3, 3.7), (11, 1.3, 3.7), (15, 1.2, 3.8), (30, 1.1, 3.9), (1000, 1.1, 3.9)]
)
def test_unanimous_answers_stay_three_pupils_from_the_end_of_the_scale(n: int, least: float, most: float):
    """Whoever reads the end of a scale would know the answer of every pupil (D5)."""
    assert (mean([1.0] * n).mean, mean([4.0] * n).mean) == (least, most)


def test_a_scale_too_short_for_the_margins_is_suppressed():
    """With five pupils on a scale of 0 to 1 the two margins pass each other."""
    gate = Disclosure(AFNAME, minimum_answers=5)
    assert gate.mean([1.0] * 5, low=0, high=1) == Suppressed()


def test_up_to_two_missing_answers_are_not_told():
    """Else "n_geldig 29 of 30" says that one pupil of a known few left it open (D4)."""
    assert len({mean([4.0] * (30 - missing) + [math.nan] * missing) for missing in range(3)}) == 1


def test_three_missing_answers_are_told():
    assert mean([3.0] * 27 + [math.nan] * 3).n_valid == 27


def test_a_score_outside_the_scale_is_refused_without_being_named():
    with pytest.raises(DisclosureError) as refused:
        GATE.mean([3.0] * 10 + [4.75], low=1, high=4)
    assert "4.75" not in str(refused.value)


def test_response_is_counted_per_leerjaar():
    responses = GATE.response(["6-zonnebloem"] * 18 + ["7-roos"] * 20 + ["7-tulp"] * 21)
    assert responses == (LeerjaarResponse(6, 20, 18), LeerjaarResponse(7, 49, 41))


def test_a_strange_stamgroep_is_refused_without_being_named():
    with pytest.raises(DisclosureError) as refused:
        GATE.response(["6-zonnebloem", "8-anjer"])
    assert "8-anjer" not in str(refused.value)


def test_every_rule_is_found_by_its_name():
    """An inspector who asks for D4 finds the line that names it, and what keeps it exists."""
    listed = rules.__doc__ or ""
    assert re.findall(r"^(D\d+) ", listed, re.MULTILINE) == [f"D{number}" for number in range(1, 12)]
    for named in re.findall(r"`([\w.]+)`", listed):
        assert _exists(named), named


def _exists(named: str) -> bool:
    """Tell whether a name in the list of rules is a module, or something in a module of the gate."""
    if hasattr(rules, named) or importlib.util.find_spec(named.split(".", maxsplit=1)[0]):
        return True
    module, *names = named.split(".")
    found: object = importlib.import_module(f"export.disclosure.{module}")
    for name in names:
        found = getattr(found, name)
    return True


def test_nobody_but_the_gate_holds_the_seal():
    """Whoever holds it can make a figure that did not pass."""
    seal = re.compile(r"\bSEAL\b")
    sources = [
        file for folder in ("export", "commands", "instrument") for file in (ROOT / folder).rglob("*.py")
    ]
    holders = {file.relative_to(ROOT).as_posix() for file in sources if seal.search(file.read_text("utf-8"))}
    assert holders == {"export/disclosure/figures.py", "export/disclosure/gate.py"}
