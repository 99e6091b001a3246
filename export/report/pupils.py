"""The page for pupils: what goes well and what to talk about, in rows of twenty dots; nothing sensitive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from export.report import document, figures
from export.report.conclusions import ABOUT_PUPILS
from export.report.words import quoted, sentence, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from export.report.figures import Favourable

    Facts = Mapping[str, Any]
    Words = dict[str, Any]

PUPILS: Final = "leerlingen"
DOTS: Final = 20
"""Of five points each, the steps in which shares of a small school are shown (D5)."""
NEARLY: Final = 2
"""The number of dots at either end that read as all or none (D4)."""
N_GOOD: Final = 3
N_TO_TALK_ABOUT: Final = 2


def page(results: Facts) -> Words:
    """Return the words and dots of the page."""
    who = texts(PUPILS)["wie"][results["school"]["sector"]]
    told = [found for found in figures.favourable(results) if found.scale in ABOUT_PUPILS]
    ordered = sorted(told, key=lambda found: -found.share)
    good, better = ordered[:N_GOOD], ordered[N_GOOD:][-N_TO_TALK_ABOUT:]
    return {
        **front(results, who),
        "bedankt": _say("bedankt", aantal=results["participation"]["respondents"], wie=who),
        "delen": [
            _part("goed", good, who, ""),
            _part("beter", better[::-1], who, _say("beter", "uitleg", wie=who)),
        ],
        "stippen": _say("stippen", "uitleg", wie=who),
        "weinig": "" if good else _say("weinig", "tekst", wie=who),
        "praten": texts(PUPILS)["praten"],
        "hulp": texts(PUPILS)["hulp"],
    }


def front(results: Facts, who: str) -> Words:
    """Return what stands on the page around it, and what the file says of itself."""
    school, schooljaar = results["school"]["name"], results["schooljaar"]
    return {
        **document.around(results),
        "titel": _say("titel"),
        "ondertitel": _say("ondertitel", wie=who),
        "onderwerp": _say("onderwerp", school=school, schooljaar=schooljaar),
    }


def _part(name: str, found: list[Favourable], who: str, explained: str) -> Words:
    return {
        "kop": _say(name, "kop"),
        "uitleg": explained,
        "rijen": [_row(each, who) for each in found],
    }


def _row(found: Favourable, who: str) -> Words:
    full = int(found.share / (100 / DOTS) + 0.5)
    rule = "bijna_alle" if full > DOTS - NEARLY else "bijna_geen" if full < NEARLY else "deel"
    said = _say("stippen", rule, n=full, wie=who, antwoorden=quoted(found.answers))
    shown = {"bijna_alle": DOTS, "bijna_geen": 0, "deel": full}[rule]
    return {"vraag": found.text, "vol": shown, "leeg": DOTS - shown, "gezegd": said}


def _say(*keys: str, **fields: object) -> str:
    return sentence(PUPILS, *keys, **fields)
