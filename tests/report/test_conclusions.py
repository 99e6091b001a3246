"""What a report concludes: one fact per rule, and words that no rule may use."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from export.report import conclusions, figures, words
from export.report.conclusions import Conclusion, chance_points
from tests.report.documents import PREVIOUS, REFERENCE, alone
from tests.report.documents import document as results

FORBIDDEN = (
    "bewezen|bewijst|significant|komt door|veroorzaakt|beter dan|slechter dan|beste school|plaats \\d|top \\d"
    "|offici|volledig anoniem"
)


def concluded(found: dict[str, Any], part: str) -> list[Conclusion]:
    return [each for each in conclusions.conclusions(found) if each.part == part]


def indicator(**changes: Any) -> dict[str, Any]:
    """Return an indicator on a scale of 1 to 4."""
    usual = {"title": "Welbevinden op school", "low": 1, "high": 4, "mean": 3.0, "interval": [2.9, 3.1]}
    return {**usual, "suppressed": None, **changes}


@pytest.mark.parametrize(
    ("mean", "interval", "said"),
    [
        (3.3, [3.2, 3.4], "dicht bij het gunstigste antwoord"),
        (3.2, [3.1, 3.3], "aan de gunstige kant van het midden"),
        (2.6, [2.5, 2.7], "rond het midden"),
        (2.7, [2.6, 2.8], "aan de gunstige kant van het midden"),
        (2.4, [2.3, 2.4], "aan de ongunstige kant van het midden"),
        (1.7, [1.6, 1.8], "dicht bij het ongunstigste antwoord"),
        (3.3, None, "dicht bij het gunstigste antwoord"),
    ],
)
def test_a_mean_is_placed_on_its_own_scale(mean: float, interval: list[float] | None, said: str):
    """The middle of 1 to 4 is 2.5, a quarter from its end is 3.25; chance may put a mean in the middle."""
    assert conclusions.place_in_words(indicator(mean=mean, interval=interval)) == said


def test_every_mean_says_how_sure_it_is():
    found = concluded(results(), "gemiddelde")
    assert len(found) == 3
    for one, each in zip(results()["indicators"], found, strict=True):
        for end in one["interval"]:
            assert words.mean(end) in each.certainty


@pytest.mark.parametrize(("field", "part"), [("previous", "vorig"), ("reference", "scholen")])
@pytest.mark.parametrize(
    ("verdict", "said", "sure"),
    [
        ("higher", "gunstiger dan", "groter dan toeval meestal geeft"),
        ("lower", "minder gunstig dan", "groter dan toeval meestal geeft"),
        ("no_clear_difference", "ongeveer", "toeval"),
        ("unknown", "niet te vergelijken", "te weinig antwoorden"),
    ],
)
def test_a_difference_is_told_with_whether_it_may_be_chance(
    field: str, part: str, verdict: str, said: str, sure: str
):
    found = results()
    for one in found["indicators"]:
        one[field] = {**one[field], "verdict": verdict}
    (only,) = concluded(found, part)
    assert said in only.text
    assert sure in only.certainty
    assert ("41 andere scholen" if part == "scholen" else "2025-2026") in only.text


def test_what_changed_is_told_first_and_apart():
    found = results()
    for one, verdict in zip(found["indicators"], ("unknown", "no_clear_difference", "higher"), strict=True):
        one["previous"] = {**PREVIOUS, "verdict": verdict}
    said = [each.text for each in concluded(found, "vorig")]
    assert [text.partition(":")[0] for text in said] == [
        "Welbevinden op school", "Aantasting van de veiligheid", "Veiligheidsbeleving",
    ]  # fmt: skip


def test_a_first_afname_has_nothing_to_compare_with():
    said = [each.text for part in ("vorig", "scholen") for each in concluded(alone(), part)]
    assert said == [
        "Er is nog geen eerdere afname om mee te vergelijken.",
        "Er zijn nog te weinig andere scholen om mee te vergelijken.",
    ]


def test_the_most_frequent_kind_is_named_with_its_margin():
    found = results()
    most = max(found["kinds"], key=lambda kind: kind["share"] or 0)
    (only,) = concluded(found, "aantasting")
    assert most["title"].lower() in only.text.lower()
    assert f"({most['share']}%)" in only.text
    assert f"{chance_points(most['n_valid'])} punten" in only.certainty


def test_where_more_than_three_kinds_share_the_first_place_the_rest_is_counted():
    found = results()
    for kind in found["kinds"]:
        kind |= {"share": 20, "reads": "share", "n_valid": 60, "suppressed": None}
    (only,) = concluded(found, "aantasting")
    assert f"nog {len(found['kinds']) - 3} andere soorten (20%)" in only.text


def test_nobody_who_met_with_anything_is_not_said():
    """Fewer than three reads as none: the sentence may not say that it never happened (D4)."""
    found = results()
    for kind in found["kinds"]:
        kind |= {"share": None, "reads": "few", "n_valid": 60, "suppressed": None}
    (only,) = concluded(found, "aantasting")
    assert "niet dat het nooit gebeurt" in only.certainty


@pytest.mark.parametrize("verdict", [*words.texts("conclusies")["deelname"], "something new"])
def test_every_verdict_on_participation_has_a_sentence(verdict: str):
    found = {**results()["participation"], "verdict": verdict}
    assert str(found["respondents"]) in conclusions.participation(found).text


def test_chance_points_are_those_of_the_normal_curve():
    """1.96 * sqrt(.5 * .5 / n): 98 points of one pupil, 10 of a hundred, 1 of ten thousand."""
    assert [chance_points(n) for n in (1, 100, 10_000)] == [98, 10, 1]


def test_an_answer_told_together_with_another_is_no_favourable_share():
    """What 'Best veilig' and a worse answer make together is not what the other questions tell."""
    found = results()
    item = next(one for one in found["items"] if one["code"] == "VB01")
    options = [
        ("Heel onveilig", 30, [1]),
        ("Een beetje onveilig / Best veilig", 30, [2, 3]),
        ("Heel veilig", 40, [4]),
    ]
    item["options"] = [{"label": a, "share": b, "reads": "share", "values": c} for a, b, c in options]
    assert item["text"] not in [each.text for each in figures.favourable(found)]


def test_of_something_bad_only_never_is_favourable():
    found = results()
    texts = {item["text"]: item for item in found["items"]}
    for each in figures.favourable(found):
        if texts[each.text]["favourable"] == "low":
            assert each.answers == ("Nooit",)


def test_no_sentence_names_a_cause_or_puts_schools_in_an_order():
    """The texts of every file that a report takes its words from."""
    everything = json.dumps(
        [words.texts(name.stem) for name in words.TEXTS.glob("*.toml")], ensure_ascii=False
    )
    assert re.findall(FORBIDDEN, everything, re.IGNORECASE) == []


def test_the_reference_names_the_number_of_schools_and_no_place():
    (only,) = concluded(results(), "scholen")
    assert f"{REFERENCE['n_schools']} andere scholen" in only.text
    assert "geen ranglijst" in words.texts("conclusies")["scholen"]["higher"]["zeker"]
