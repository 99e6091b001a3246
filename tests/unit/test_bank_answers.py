"""Option sets with `several` and `faces`: each rule broken once, and the border where it still holds."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from instrument import catalogue
from instrument.bank import rules
from instrument.bank.form import BANK

SMALLEST = Path(__file__).with_name("test_bank_smallest.toml").read_text("utf-8")
MORE = """
[[module]]
code = "plek"
title.nl = "Plek"
title.en = "Place"
legal_question = "Hoe is de sfeer?"

[[option_set]]
code = "waar"
{kind} = true
option = [
{options}
]

[[item]]
code = "PL01"
module = "plek"
topic = "plek"
text.nl = "Waar was je?"
text.en = "Where were you?"
option_set = "waar"
reversed = false
sensitive = false
"""


def bank(kind: str, *values: int) -> str:
    """Write a bank with a module whose one item offers these values."""
    options = "\n".join(f'  {{ value = {n}, label.nl = "n{n}", label.en = "e{n}" }},' for n in values)
    return SMALLEST + MORE.format(kind=kind, options=options)


def faults(text: str) -> tuple[str, ...]:
    """Return the faults of a bank."""
    checked = BANK("", tomllib.loads(text))
    return checked.faults + rules.faults(checked.value)


@pytest.mark.parametrize("n_options", [2, 10])
def test_two_to_ten_can_be_chosen_together(n_options: int) -> None:
    """Stored as a sum of powers: ten options are a number below 1024, and a screen that still scrolls."""
    assert faults(bank("several", *range(1, n_options + 1))) == ()


def test_eleven_to_choose_from_are_too_many() -> None:
    """Border of the test above."""
    expected = "option_set[2].option: more than 10 to choose several from; leave some out"
    assert faults(bank("several", *range(1, 12))) == (expected,)


@pytest.mark.parametrize("values", [(0, 1, 2), (1, 3), (2, 3)])
def test_several_are_numbered_from_one_without_a_gap(values: tuple[int, ...]) -> None:
    """Each option has a place of its own in the stored number."""
    expected = f"option_set[2].option: several may be chosen; number the options 1 to {len(values)}"
    assert faults(bank("several", *values)) == (expected,)


def test_an_item_of_a_scale_has_one_answer() -> None:
    """A sum of powers is no score."""
    scored = bank("several", 1, 2).replace('module = "plek"', 'scale = "sfeer"')
    expected = (
        "item[4].option_set: a score needs one answer; take a set without several, or a module",
        'module[1]: "plek" has no items; write one, or remove it',
    )
    assert faults(scored) == expected


def test_faces_stand_beside_answers_about_now() -> None:
    """Beside words they are welcome."""
    assert faults(bank("faces", 1, 2, 3)) == ()


@pytest.mark.parametrize(
    "unfit", ["several = true", 'period.nl = "deze week"\nperiod.en = "this week"'], ids=["several", "period"]
)
def test_faces_never_count_what_happened(unfit: str) -> None:
    """A face beside "how often were you hit" would tell a child what to feel (PUPILS.md 5)."""
    text = bank("faces", 1, 2, 3).replace("faces = true", f"faces = true\n{unfit}")
    text = text.replace("Waar was je?", "Waar was je deze week?").replace("were you?", "were you this week?")
    expected = "option_set[2].faces: stand beside one answer about now; remove faces, or several and period"
    assert faults(text) == (expected,)


def test_the_gladdest_face_never_stands_at_the_worst_answer() -> None:
    """Of a reversed item the highest value is the unfavourable one."""
    turned = bank("faces", 1, 2, 3).replace(
        'option_set = "waar"\nreversed = false', 'option_set = "waar"\nreversed = true'
    )
    expected = "item[4].option_set: its gladdest face would stand at the worst answer; use another set"
    assert faults(turned) == (expected,)


def test_what_is_chosen_is_read_back_from_the_stored_number(tmp_path: Path) -> None:
    """The first and third of three are 1 + 4."""
    path = tmp_path / "bank.toml"
    path.write_text(bank("several", 1, 2, 3), "utf-8")
    found = catalogue.load(path).item("PL01").option_set
    assert found.chosen(5) == (1, 3)
    assert found.chosen(-1) == found.chosen(None) == ()
    assert found.values == tuple(range(1, 8))
