"""What may be concluded from the results, in plain sentences with how sure each is, chosen by rules.

The sentences stand in `texts/conclusies.toml`. No rule names a cause, and none puts schools in an order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from export.report import figures
from export.report.words import listed, mean, percent, quoted, sentence, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Facts = Mapping[str, Any]

VERDICTS: Final = ("higher", "lower", "no_clear_difference", "unknown")
"""In the order in which they are told: what changed comes first."""
ABOUT_PUPILS: Final = ("veiligheidsbeleving", "welbevinden")
"""Scales whose most and least favourable question is named; aantasting is told by its kinds."""
MEAN: Final = "gemiddelde"
MOST_NAMED: Final = 3
"""Kinds of aantasting that share the first place and are named; more are counted."""
FILE: Final = "conclusies"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What may be said, and how sure that is; `part` is the table of sentences it came from."""

    part: str
    text: str
    certainty: str


def conclusions(results: Facts) -> tuple[Conclusion, ...]:
    """Return the conclusions of the results document, in the order in which people read them."""
    return (
        participation(results["participation"]),
        *(_of_mean(indicator) for indicator in results["indicators"]),
        *_compared(results["indicators"], "previous", "vorig"),
        *_compared(results["indicators"], "reference", "scholen"),
        _of_kinds(results),
        *_of_questions(results),
    )


def participation(found: Facts) -> Conclusion:
    """Return what the number of pupils who took part allows."""
    rate = found["response_rate"]
    return _conclusion(
        "deelname",
        found["verdict"] if found["verdict"] in texts(FILE)["deelname"] else "niet_te_bepalen",
        respondents=found["respondents"],
        population=found["population"],
        required=found["required"],
        rate=percent(None) if rate is None else f"{100 * rate:.0f}%",
    )


def chance_points(n_answers: int) -> int:
    """Return by how many points a percentage may differ by chance: 1.96 standard errors, rounded up."""
    return math.ceil(100 * 1.96 * math.sqrt(0.25 / n_answers))


def _of_mean(indicator: Facts) -> Conclusion:
    title = indicator["title"]
    if indicator["mean"] is None:
        return _conclusion(MEAN, "onderdrukt", title=title, reason=indicator["suppressed"])
    low, high = indicator["interval"] or (None, None)
    return _conclusion(
        MEAN,
        "zonder_interval" if low is None else "met_interval",
        title=title,
        mean=mean(indicator["mean"]),
        low=indicator["low"],
        high=indicator["high"],
        place=place_in_words(indicator),
        from_=mean(low),
        to=mean(high),
    )


def place_in_words(indicator: Facts) -> str:
    """Return where a mean lies on its own scale; where chance may put it on either side, in the middle."""
    rules = texts(FILE)["plaats"]
    middle = (indicator["low"] + indicator["high"]) / 2
    low, high = indicator["interval"] or (indicator["mean"],) * 2
    if low <= middle <= high:
        return str(rules["midden"])
    share = figures.place(indicator["mean"], indicator)
    return next(str(rule["woorden"]) for rule in rules["vanaf"] if share >= rule["grens"])


def _compared(indicators: Sequence[Facts], field: str, part: str) -> Iterator[Conclusion]:
    found = [indicator for indicator in indicators if indicator[field] is not None]
    if not found:
        yield _conclusion(part, "geen")
    for verdict in VERDICTS:
        titles = [one["title"] for one in found if one[field]["verdict"] == verdict]
        if titles:
            yield _conclusion(part, verdict, titles=_in_a_row(titles), when=_when(found[0][field]))


def _in_a_row(titles: Sequence[str]) -> str:
    return listed([titles[0], *(title[:1].lower() + title[1:] for title in titles[1:])])


def _when(compared: Facts) -> str:
    if "schooljaar" in compared:
        return str(compared["schooljaar"])
    return sentence(FILE, "vergelijken", "aantal_scholen", n=compared["n_schools"])


def _of_kinds(results: Facts) -> Conclusion:
    shown = [kind for kind in figures.kinds(results) if kind.reason is None]
    if not shown:
        return _conclusion("aantasting", "onderdrukt")
    if shown[0].width == 0:
        return _conclusion("aantasting", "weinig")
    named = [kind for kind in shown if kind.width == shown[0].width]
    return _conclusion(
        "aantasting",
        "meest",
        kinds=_named([kind.title[:1].lower() + kind.title[1:] for kind in named]),
        share=named[0].said,
        points=chance_points(min(kind.n_valid or 1 for kind in named)),
    )


def _named(titles: Sequence[str]) -> str:
    more = len(titles) - MOST_NAMED
    rest = [sentence(FILE, "aantasting", "en_meer", more=more)] if more > 0 else []
    return listed([*titles[:MOST_NAMED], *rest])


def _of_questions(results: Facts) -> Iterator[Conclusion]:
    found = [item for item in figures.favourable(results) if item.scale in ABOUT_PUPILS]
    if len(found) < 2:  # noqa: PLR2004 - a most and a least favourable one
        return
    by_share = sorted(found, key=lambda item: item.share)
    for rule, item in (("gunstigst", by_share[-1]), ("minst_gunstig", by_share[0])):
        yield _conclusion(
            "vragen",
            rule,
            question=item.text,
            share=percent(item.share),
            answers=quoted(item.answers),
            points=chance_points(item.n_valid),
        )


def _conclusion(part: str, rule: str, **fields: object) -> Conclusion:
    said, sure = (sentence(FILE, part, rule, key, **fields) for key in ("tekst", "zeker"))
    return Conclusion(part, said, sure)
