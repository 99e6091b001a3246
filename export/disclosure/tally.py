"""What the gate counts: answers per cell of pupils, item and level, and the sums that means are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from export.disclosure.rules import DisclosureError
from export.disclosure.units import Cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from export.disclosure.counts import Counts
    from export.disclosure.units import Unit
    from instrument.afname import Afname
    from instrument.questionnaire import Edition

    Levels: TypeAlias = NDArray[np.int8]

ROUNDING: Final = 1e-9
"""As in `instrument.scoring`: 2/3 of six items is four."""


@dataclass(frozen=True, slots=True)
class ScaleTally:
    """One scale: per cell, item and level the pupils with a score on the scale, and their weights.

    The score of a pupil is the mean of the items answered. Its weight is `parts` over their number, a whole
    number: so sums over pupils are exact, and do not depend on the order of the rows.
    """

    items: tuple[str, ...]
    low: int
    n_levels: int
    parts: int
    valid: Counts
    counts: Counts
    weights: Counts

    @property
    def high(self) -> int:
        """The highest score."""
        return self.low + self.n_levels - 1


@dataclass(frozen=True, slots=True)
class Tally:
    """All counts of one afname, or of many: cells are the first axis of every array."""

    cells: tuple[Cell, ...]
    respondents: Counts
    items: Mapping[str, Counts]
    scales: Mapping[str, ScaleTally]

    def within(self, unit: Unit) -> NDArray[np.bool_]:
        """Tell of each cell whether it belongs to a unit."""
        return np.array([unit.covers(cell) for cell in self.cells], dtype=bool)


@dataclass(frozen=True, slots=True)
class Form:
    """What a tally must know of an edition: levels and lowest value per item, items per scale."""

    n_levels: Mapping[str, int]
    lowest: Mapping[str, int]
    model: Mapping[str, Sequence[str]]
    minimum_answered: float

    @classmethod
    def of(cls, edition: Edition) -> Form:
        """Return the form of the scored items of an edition."""
        sets = {item.code: item.option_set.options for item in edition.scored}
        return cls(
            n_levels={code: options[-1].value - options[0].value + 1 for code, options in sets.items()},
            lowest={code: options[0].value for code, options in sets.items()},
            model=edition.model,
            minimum_answered=edition.minimum_answered,
        )


def of_levels(
    levels: Mapping[str, Levels], place: NDArray[np.intp], cells: tuple[Cell, ...], form: Form
) -> Tally:
    """Count pupils; `levels` has a number per pupil and item, 1 least favourable, 0 no valid answer.

    `place` is the cell of each pupil.
    """
    pupils = _Pupils(levels, place, len(cells), form)
    return Tally(
        cells=cells,
        respondents=np.bincount(place, minlength=len(cells)),
        items={item: pupils.counted(item) for item in form.n_levels},
        scales={scale: _scale(tuple(items), pupils) for scale, items in form.model.items()},
    )


def of_rows(
    afname: Afname, edition: Edition, rows: Sequence[Mapping[str, Any]], *, onderwijssoort: str = ""
) -> Tally:
    """Count the responses of an afname; whole numbers of known items only, never a text (D10).

    Raises `scoring.AnswersError` where an answer is none of the edition, and `DisclosureError` where a
    stamgroep is not of the afname.
    """
    # broker and web server import this module; pandas costs two seconds, so only where it is used
    import pandas as pd  # noqa: PLC0415

    from instrument import scoring  # noqa: PLC0415 - as above

    cells, place = _places(afname, [str(row["stamgroep"]) for row in rows], onderwijssoort)
    form = Form.of(edition)
    scores = scoring.item_scores(pd.DataFrame([row["answers"] for row in rows]), edition)
    levels = {code: scores[code].to_numpy() - form.lowest[code] + 1 for code in form.n_levels}
    whole = {code: np.nan_to_num(each, nan=0.0).astype(np.int8) for code, each in levels.items()}
    return of_levels(whole, place, cells, form)


def _places(
    afname: Afname, stamgroepen: Sequence[str], onderwijssoort: str
) -> tuple[tuple[Cell, ...], NDArray[np.intp]]:
    """Return the cells of an afname, and the place among them of the pupils of these stamgroepen."""
    leerjaren = {group.name: group.leerjaar for group in afname.stamgroepen}
    unknown = set(stamgroepen) - leerjaren.keys()
    if unknown:
        raise DisclosureError(f"responses: {len(unknown)} stamgroep(en) are not part of this afname")
    cells = tuple(Cell(leerjaar, onderwijssoort) for leerjaar in sorted(set(leerjaren.values())))
    at = {cell.leerjaar: place for place, cell in enumerate(cells)}
    return cells, np.array([at[leerjaren[stamgroep]] for stamgroep in stamgroepen], dtype=np.intp)


@dataclass(frozen=True, slots=True)
class _Pupils:
    levels: Mapping[str, Levels]
    place: NDArray[np.intp]
    n_cells: int
    form: Form

    def counted(self, item: str, weights: NDArray[np.float64] | None = None) -> Counts:
        """Count per cell and level, or add up weights: whole numbers below 2**53, so exact as floats too."""
        n_places = self.form.n_levels[item] + 1
        index = self.place * n_places + self.levels[item]
        counted = np.bincount(index, weights, minlength=self.n_cells * n_places)
        return counted.astype(np.int64).reshape(self.n_cells, n_places)[:, 1:]


def _scale(items: tuple[str, ...], pupils: _Pupils) -> ScaleTally:
    n_answered = np.zeros(len(pupils.place), dtype=np.int8)
    for item in items:
        n_answered += pupils.levels[item] > 0
    fewest = max(pupils.form.minimum_answered * len(items) - ROUNDING, 1)
    has_score = n_answered >= fewest
    parts = math.lcm(*range(1, len(items) + 1))
    weight = np.where(has_score, parts / np.maximum(n_answered, 1), 0.0)
    one = has_score.astype(np.float64)
    return ScaleTally(
        items=items,
        low=pupils.form.lowest[items[0]],
        n_levels=pupils.form.n_levels[items[0]],
        parts=parts,
        valid=np.bincount(pupils.place[has_score], minlength=pupils.n_cells),
        counts=np.stack([pupils.counted(item, one) for item in items], axis=1),
        weights=np.stack([pupils.counted(item, weight) for item in items], axis=1),
    )
