"""Simulated schools and answers, in the form of real ones and named as simulated; nothing of a real pupil.

The parameters are choices of ours, not estimates: most pupils are well and never meet with aantasting, and
schools differ little.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from statistics import NormalDist
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from instrument.afname import Stamgroep
from instrument.questionnaire import DONT_KNOW, PREFER_NOT_TO_SAY
from instrument.school import School, Schooljaar
from psychometrics.simulate import OrdinalModel, simulate_answers

if TYPE_CHECKING:
    from instrument.questionnaire import Edition, Item
    from instrument.store.responses import ResponseRow

BACKGROUND: Final = ("vestigingsnummer", "schooljaar", "leerjaar", "stamgroep")
"""The columns of a simulated frame beside the items."""
SCHOOLJAAR: Final = Schooljaar(2026)

LARGEST_STAMGROEP: Final = 28
SCHOOL_VARIANCE: Final = 0.03
"""Of a factor; the schools of DOMAIN.md differ by .01 to .05."""
CLASS_VARIANCE: Final = 0.04
FACTOR_CORRELATION: Final = 0.6
"""Safety and wellbeing at school are hard to tell apart (DOMAIN.md)."""
TOP_SHARE: Final = {"aantasting": 0.80}
"""Share with the most favourable answer to an average item: most pupils never meet with aantasting, …"""
TOP_SHARE_SENSITIVE: Final = 0.92
"""… fewer still with violence or discrimination, …"""
TOP_SHARE_ELSEWHERE: Final = 0.45
"""… and nearly half are as favourable as can be on the other scales."""
LOADINGS: Final = (0.78, 0.70, 0.62, 0.74, 0.66, 0.58)
"""Taken in turn by the items of a scale."""
SHIFTS: Final = (0.0, -0.25, 0.15, 0.25, -0.15)
"""How much easier or harder an item is, taken in turn."""
OPTION_WIDTH: Final = 0.8
"""Between two thresholds, in standard deviations."""
NO_ANSWER_RATE: Final = 0.008
DONT_KNOW_RATE: Final = 0.012
PREFER_NOT_RATE: Final = 0.006
PREFER_NOT_RATE_SENSITIVE: Final = 0.025
RETEST_SCHOOLS: Final = 4
"""Whose pupils are asked again, …"""
SAME_AGAIN_RATE: Final = 0.70
"""… and give the same answer again, or else that of another pupil."""


class SimulationError(ValueError):
    """More schools or pupils asked than can be simulated, or none."""


def simulated_schools(n_schools: int) -> tuple[School, ...]:
    """Return schools that do not exist, marked as simulated, vestigingsnummers from 99AA00 on."""
    _check_number("n_schools", n_schools, len(ascii_uppercase) ** 2 * 100)
    return tuple(_school(number) for number in range(n_schools))


def simulated_stamgroepen(edition: Edition, *, n_pupils: int) -> tuple[Stamgroep, ...]:
    """Return the stamgroepen of one simulated school, its pupils spread evenly, 28 at most in each."""
    _check_number("n_pupils", n_pupils, LARGEST_STAMGROEP * len(ascii_lowercase) * len(edition.leerjaren))
    parts = _spread(n_pupils, len(edition.leerjaren))
    pairs = zip(edition.leerjaren, parts, strict=True)
    return tuple(group for leerjaar, pupils in pairs for group in _stamgroepen(leerjaar, pupils))


def simulated_answers(
    edition: Edition,
    *,
    n_schools: int,
    pupils_per_school: int,
    seed: int,
    schooljaar: Schooljaar = SCHOOLJAAR,
) -> pd.DataFrame:
    """Return raw answers as pupils would have stored them, a row per pupil of `simulated_schools(n_schools)`.

    Columns are `BACKGROUND` and the items of the edition's scales. Reversed items are as the pupil saw
    them, -1 and -2 stand for "weet ik niet" and "wil ik niet zeggen", and an unanswered item is missing. The
    same arguments give the same answers. The stamgroepen are those of `simulated_stamgroepen`.
    """
    schools = simulated_schools(n_schools)
    background = _background(schools, simulated_stamgroepen(edition, n_pupils=pupils_per_school), schooljaar)
    groups = background[["vestigingsnummer", "stamgroep"]].set_axis(["school", "class"], axis="columns")
    scores = simulate_answers(_model(edition), groups, seed=seed)
    # a stream of its own, so that what is missing does not depend on how answers are drawn
    random = np.random.default_rng([seed, 1])
    codes = {item.code: _codes(item, scores[item.code].to_numpy(), random) for item in edition.scored}
    return pd.concat([background, pd.DataFrame(codes, dtype="Int64")], axis="columns")


def second_answers(frame: pd.DataFrame, edition: Edition, *, seed: int) -> pd.DataFrame:
    """Return what pupils of the first schools answered when they were asked again; of the others nothing."""
    random = np.random.default_rng([seed, 2])
    first = frame[[item.code for item in edition.scored]]
    asked = frame["vestigingsnummer"].isin(frame["vestigingsnummer"].unique()[:RETEST_SCHOOLS])
    second = first.where(asked)
    for name in first:
        others = first[name].iloc[random.permutation(len(first))].set_axis(first.index)
        changed = asked & (random.random(len(first)) >= SAME_AGAIN_RATE)
        second[name] = second[name].mask(changed, others)
    return second


def response_rows(frame: pd.DataFrame) -> list[ResponseRow]:
    """Return `{"stamgroep", "answers"}` per row, as the store takes them; what is unanswered is left out."""
    items = [column for column in frame.columns if column not in BACKGROUND]
    answers = frame[items].astype(object)
    return [
        {
            "stamgroep": stamgroep,
            "answers": {str(code): int(value) for code, value in row.items() if pd.notna(value)},
        }
        for stamgroep, row in zip(frame["stamgroep"], answers.to_dict("records"), strict=True)
    ]


def _school(number: int) -> School:
    texts = tomllib.loads((Path(__file__).parent / "texts" / "simulation.toml").read_text("utf-8"))
    again, place = divmod(number, len(texts["names"]))
    form = texts["school_again"] if again else texts["school"]
    return School(
        vestigingsnummer=_vestigingsnummer(number),
        name=form.format(name=texts["names"][place], number=again + 1),
        sector="po",
        onderwijssoort="BO",
        simulated=True,
    )


def _vestigingsnummer(number: int) -> str:
    vestiging, brin = divmod(number, len(ascii_uppercase) ** 2)
    first, second = divmod(brin, len(ascii_uppercase))
    return f"99{ascii_uppercase[first]}{ascii_uppercase[second]}{vestiging:02d}"


def _stamgroepen(leerjaar: int, pupils: int) -> tuple[Stamgroep, ...]:
    parts = _spread(pupils, -(-pupils // LARGEST_STAMGROEP))
    pairs = zip(ascii_lowercase, parts, strict=False)
    return tuple(Stamgroep(f"{leerjaar}{letter}", leerjaar, size) for letter, size in pairs)


def _spread(pupils: int, n_parts: int) -> list[int]:
    """Spread pupils as evenly as they go."""
    return [pupils // n_parts + (part < pupils % n_parts) for part in range(n_parts)]


def _background(
    schools: tuple[School, ...], stamgroepen: tuple[Stamgroep, ...], schooljaar: Schooljaar
) -> pd.DataFrame:
    pupils = [(group.leerjaar, group.name) for group in stamgroepen for _ in range(group.pupils)]
    frame = pd.DataFrame(pupils * len(schools), columns=["leerjaar", "stamgroep"])
    frame["vestigingsnummer"] = np.repeat([school.vestigingsnummer for school in schools], len(pupils))
    frame["schooljaar"] = str(schooljaar)
    return frame[list(BACKGROUND)]


def _model(edition: Edition) -> OrdinalModel:
    scales = list(edition.model)
    correlations = np.full((len(scales), len(scales)), FACTOR_CORRELATION)
    np.fill_diagonal(correlations, 1.0)
    places = [(place, item) for scale in scales for place, item in enumerate(edition.items_of(scale))]
    return OrdinalModel(
        factors=edition.model,
        loadings={item.code: LOADINGS[place % len(LOADINGS)] for place, item in places},
        thresholds={item.code: _thresholds(item, SHIFTS[place % len(SHIFTS)]) for place, item in places},
        factor_correlations=pd.DataFrame(correlations, index=scales, columns=scales),
        school_variance=SCHOOL_VARIANCE,
        class_variance=CLASS_VARIANCE,
    )


def _thresholds(item: Item, shift: float) -> list[float]:
    usual = TOP_SHARE.get(item.scale or "", TOP_SHARE_ELSEWHERE)
    highest = NormalDist().inv_cdf(1 - (TOP_SHARE_SENSITIVE if item.sensitive else usual)) + shift
    n_thresholds = len(item.option_set.options) - 1
    return [highest - OPTION_WIDTH * below for below in reversed(range(n_thresholds))]


def _codes(item: Item, scores: np.ndarray, random: np.random.Generator) -> pd.Series:
    stored = sorted((option.value for option in item.option_set.options), reverse=item.reversed)
    codes = pd.Series(np.asarray(stored)[scores - 1], dtype="Int64")
    prefer_not = PREFER_NOT_RATE_SENSITIVE if item.sensitive else PREFER_NOT_RATE
    edges = np.cumsum([NO_ANSWER_RATE, DONT_KNOW_RATE, prefer_not])
    kind = np.searchsorted(edges, random.random(len(codes)), side="right")
    return codes.mask(kind == 0).mask(kind == 1, DONT_KNOW).mask(kind == 2, PREFER_NOT_TO_SAY)  # noqa: PLR2004 - as in edges


def _check_number(name: str, number: int, most: int) -> None:
    if not 1 <= number <= most:
        raise SimulationError(f"{name}: {number} cannot be simulated; give a number from 1 to {most}")
