"""What is drawn of the results, for paper and screen alike: places, parts and marks; draws nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from export.drawing import colours
from export.report.words import percent, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Facts = Mapping[str, Any]

WHOLE: Final = 100
NEARLY_ALL: Final = "nearly_all"
FEW: Final = "few"
SHARE: Final = "share"
"""How a share reads: as a number, or (D4) as so few or so many that one pupil might be seen."""


@dataclass(frozen=True, slots=True)
class Part:
    """One answer, or several told together, in the bar of a question; `share` in points where it is told."""

    label: str
    share: int | None
    reads: str
    values: tuple[int, ...]
    colour: str
    on_colour: str

    @property
    def width(self) -> int:
        """How much of the bar it takes, in points."""
        return width(self.share, self.reads)

    @property
    def said(self) -> str:
        """The share in words."""
        return said(self.share, self.reads)


@dataclass(frozen=True, slots=True)
class Bar:
    """A question with its answers, least favourable first; `reason` where nothing of it is shown."""

    code: str
    text: str
    scale: str
    sensitive: bool
    is_of_harm: bool
    parts: tuple[Part, ...]
    n_valid: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of aantasting: the share of pupils it happened to, in points where it is told."""

    code: str
    title: str
    question: str
    share: int | None
    reads: str
    n_valid: int | None
    reason: str | None
    sensitive: bool

    @property
    def width(self) -> int:
        """How much of the bar it takes, in points."""
        return width(self.share, self.reads)

    @property
    def said(self) -> str:
        """The share in words, or why there is none."""
        return self.reason or said(self.share, self.reads)


@dataclass(frozen=True, slots=True)
class Favourable:
    """A question with the share of its favourable answers, and what these are called."""

    text: str
    scale: str
    answers: tuple[str, ...]
    share: int
    n_valid: int


def place(value: float, scale: Facts) -> float:
    """Return where a value lies on a scale: 0 at its low end, 1 at its high end."""
    return float((value - scale["low"]) / (scale["high"] - scale["low"]))


def width(share: int | None, reads: str) -> int:
    """Return how much of a bar a share takes, in points; nearly all of the pupils take the whole."""
    return share if share is not None else WHOLE if reads == NEARLY_ALL else 0


def said(share: int | None, reads: str) -> str:
    """Return a share in words: `45%`, or that it is of fewer than three pupils, or of nearly all."""
    return percent(share) if share is not None else sentence("rapport", "leest", reads)


def bars(results: Facts) -> tuple[Bar, ...]:
    """Return every question with its answers turned so that the most favourable one comes last."""
    return tuple(_bar(item) for item in results["items"])


def kinds(results: Facts) -> tuple[Kind, ...]:
    """Return the kinds of aantasting, the most frequent first; what is not shown comes last."""
    questions = {item["code"]: item["text"] for item in results["items"]}
    found = [_kind(kind, questions) for kind in results["kinds"]]
    return tuple(sorted(found, key=lambda kind: (kind.reason is not None, -kind.width)))


def favourable(results: Facts) -> Iterator[Favourable]:
    """Yield the shown questions that are not sensitive with the share of their favourable answers.

    Of something good that is the favourable half; of something bad only that it never happened. A question
    of which one of these is told together with another answer is left out.
    """
    for bar in bars(results):
        best = _best(bar)
        shares = [part.share for part in best if part.share is not None]
        if bar.sensitive or bar.n_valid is None or not best or len(shares) < len(best):
            continue
        answers = tuple(part.label for part in best)
        yield Favourable(bar.text, bar.scale, answers, min(sum(shares), WHOLE), bar.n_valid)


def _best(bar: Bar) -> Sequence[Part]:
    """Return the parts that hold exactly the favourable answers; none where they are told with others."""
    ordered = [value for part in bar.parts for value in part.values]
    n_best = 1 if bar.is_of_harm else len(ordered) // 2
    wanted = set(ordered[len(ordered) - n_best :])
    best = [part for part in bar.parts if wanted.issuperset(part.values)]
    return best if {value for part in best for value in part.values} == wanted else []


def _bar(item: Facts) -> Bar:
    of_harm = item["favourable"] == "low"
    options = item["options"][::-1] if of_harm else item["options"]
    tones = colours.of_answers(len(options))
    return Bar(
        code=item["code"],
        text=item["text"],
        scale=item["scale"],
        sensitive=item["sensitive"],
        is_of_harm=of_harm,
        parts=tuple(_part(*pair, of_harm=of_harm) for pair in zip(options, tones, strict=True)),
        n_valid=item["n_valid"],
        reason=item["suppressed"],
    )


def _part(option: Facts, tone: tuple[str, str], *, of_harm: bool) -> Part:
    values = tuple(option["values"])
    return Part(
        label=option["label"],
        share=option["share"],
        reads=option["reads"],
        values=values[::-1] if of_harm else values,
        colour=tone[0],
        on_colour=tone[1],
    )


def _kind(kind: Facts, questions: Mapping[str, str]) -> Kind:
    return Kind(
        code=kind["kind"],
        title=kind["title"],
        question=questions.get(kind["item"], ""),
        share=kind["share"],
        reads=kind["reads"],
        n_valid=kind["n_valid"],
        reason=kind["suppressed"],
        sensitive=kind["sensitive"],
    )
