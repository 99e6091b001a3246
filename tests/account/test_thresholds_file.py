"""Whoever judges by other thresholds says whose they are, and the document says it too."""

from pathlib import Path

import pytest

from export.account import thresholds
from export.account.thresholds import ThresholdError

STRICTER = '[cfi]\nsufficient = 1.01\ngood = 1.02\nsource = "Proef"\nyear = 2026\n'


def faults(tmp_path: Path, text: str) -> tuple[str, ...]:
    """Return why a file is refused."""
    path = tmp_path / "eigen.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ThresholdError) as refused:
        thresholds.load(changes=path)
    return refused.value.faults


def test_a_changed_threshold_changes_its_verdict_and_is_named(account):
    names = ("32_dimensionaliteit",)
    from tests.account.populations import answered, population_of, pupils  # noqa: PLC0415 - for this test only

    background = pupils(10, 15)
    data = answered(population_of(background), background)
    assert account(data, names=names).verdicts("cfi") == ["goed"]
    assert account(data, changes=STRICTER, names=names).verdicts("cfi") == ["onvoldoende"]


def test_only_what_is_changed_is_marked(tmp_path):
    path = tmp_path / "eigen.toml"
    path.write_text(STRICTER, "utf-8")
    used = thresholds.load(changes=path).measures
    assert [name for name, one in used.items() if one.changed] == ["cfi"]
    assert used["cfi"].source == "Proef"
    assert used["rmsea"] == thresholds.load().measures["rmsea"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[cfu]\ngood = 1", "[cfu]: no such threshold; use one of: reliability, omega"),
        ("cfi = 3", "cfi: no table; write [cfi]"),
        ("[cfi]\nsufficient = 0.9\ngood = 0.95\nyear = 2026", "[cfi] source: missing or of another kind"),
        (STRICTER + "checked = true", "[cfi] checked: cannot be changed"),
        (STRICTER.replace("1.02", "0.5"), "[cfi]: good asks less than sufficient"),
        (STRICTER.replace("[cfi]", "[rmsea]"), "[rmsea]: good asks less than sufficient"),
        ("geen toml", "cannot be read (TOMLDecodeError)"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_told_why(tmp_path, text, sentence):
    found = faults(tmp_path, text)
    assert any(fault.startswith(f"eigen.toml: {sentence}") for fault in found), found


def test_every_fault_is_told_at_once(tmp_path):
    assert len(faults(tmp_path, "[cfu]\ngood = 1\n[cfi]\ngood = 1")) == 4


def test_where_lower_is_better_the_border_belongs_to_the_better_side():
    rmsea = thresholds.load().measures["rmsea"]
    verdicts = [rmsea.judge(value) for value in (0.06, 0.0601, 0.08, 0.0801, float("nan"))]
    assert verdicts == ["goed", "voldoende", "voldoende", "onvoldoende", "onvoldoende"]


def test_a_printed_value_lies_on_the_side_of_its_border_where_it_was_judged():
    """0.498 is no 0.50: a reader would think the verdict wrong."""
    extracted = thresholds.load().measures["variance_extracted"]
    assert extracted.printed(0.498) == "0,498"
    assert extracted.printed(0.5) == "0,50"
    assert extracted.printed(0.49999) == "0,49999"
