"""All that stands in the report for the team and for parents, in words; the template only lays it out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from export import dutch
from export.report import comparisons, figures
from export.report.conclusions import MEAN, conclusions, place_in_words
from export.report.words import leerjaar, mean, percent, quoted, sentence, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from export.report.figures import Bar

    Facts = Mapping[str, Any]
    Words = dict[str, Any]

TEAM: Final = "team"
PARENTS: Final = "ouders"
ROOMY: Final = 2_500
ROOMY_LINES: Final = 20
"""A longer text of the school, in signs or in paragraphs, begins on no page of its own."""
FILE: Final = "rapport"


def document(results: Facts, *, variant: str, note: str) -> Words:
    """Return the words and places of the report; `note` is the school's own text, or empty."""
    shown = results if variant == TEAM else without_sensitive(results)
    return {
        **front(shown, variant),
        **_labels(variant),
        **_conclusions(shown),
        **_figures(shown, variant),
        **_measures(note, variant),
        "feiten": _facts(shown),
        "kort": variant == PARENTS,
    }


def _labels(variant: str) -> Words:
    explained = [part for part in texts(FILE)["uitleg"] if variant == TEAM or part["kort"]]
    return {
        "kop": texts(FILE)["kop"],
        "kolom": texts(FILE)["kolom"],
        "weinig": _say("weinig"),
        "sterretje": _say("sterretje"),
        "inleiding": _introductions(variant),
        "uitleg": explained,
    }


def _conclusions(results: Facts) -> Words:
    found = conclusions(results)
    return {
        "conclusies": [[each.text, each.certainty] for each in found if each.part != MEAN],
        "over_gemiddelden": [[each.text, each.certainty] for each in found if each.part == MEAN],
    }


def _figures(results: Facts, variant: str) -> Words:
    """Return what is drawn: for the team every question, for parents the favourable answers alone."""
    indicators, is_team = results["indicators"], variant == TEAM
    return {
        "deelname": _participation(results),
        "vergeleken": any(one["previous"] or one["reference"] for one in indicators),
        "gemiddelden": [_mean(indicator) for indicator in indicators],
        "leerjaren": _leerjaren(results if is_team else {**results, "indicators": []}),
        "soorten": [_kind(kind) for kind in figures.kinds(results)],
        "schalen": _scales(results) if is_team else [],
        "gunstig": [] if is_team else [_favourable(each) for each in figures.favourable(results)],
    }


def _measures(note: str, variant: str) -> Words:
    lines = paragraphs(note)
    return {
        "maatregelen": lines,
        "ruim": len(note) <= ROOMY and len(lines) <= ROOMY_LINES,
        "hulpvragen": texts(FILE)["maatregelen"]["vragen" if variant == TEAM else "vragen_ouders"],
    }


def front(results: Facts, variant: str) -> Words:
    """Return the head of a variant, and what its file says of itself."""
    school, schooljaar = results["school"]["name"], results["schooljaar"]
    return {
        **around(results),
        "titel": _say(variant, "titel"),
        "ondertitel": _say(variant, "ondertitel"),
        "onderwerp": _say(variant, "onderwerp", school=school, schooljaar=schooljaar),
    }


def around(results: Facts) -> Words:
    """Return what stands on every page of every variant."""
    return {
        "auteur": _say("auteur"),
        "datum": list(date.fromisoformat(results["closed_on"]).timetuple()[:3]),
        "gesimuleerd": _say("gesimuleerd") if results["gesimuleerd"] else None,
        "voet": _say("voet", school=results["school"]["name"], schooljaar=results["schooljaar"]),
        "pagina": texts(FILE)["pagina"],
    }


def without_sensitive(results: Facts) -> Words:
    """Return the results for parents: no question and no kind on violence, discrimination or sex.

    Few pupils are behind such a figure, and parents know who might be meant. The questions on aantasting
    stay out of the tables too: their kinds say it.
    """
    sensitive = {kind.code for kind in figures.kinds(results) if kind.sensitive}
    return {
        **results,
        "items": [one for one in results["items"] if not one["sensitive"] and one["scale"] != "aantasting"],
        "kinds": [one for one in results["kinds"] if one["kind"] not in sensitive],
    }


def paragraphs(note: str) -> list[str]:
    """Return the school's own text by paragraph."""
    return [line.strip() for line in note.splitlines() if line.strip()]


def _introductions(variant: str) -> Words:
    found = dict(texts(FILE)["inleiding"])
    if variant == PARENTS:
        found["aantasting"] = found["aantasting_ouders"]
    return found


def _facts(results: Facts) -> list[list[str]]:
    school, taken = results["school"], results["participation"]
    days = [_day(results[name]) for name in ("opened_on", "closed_on")]
    return [
        [_say("feiten", "school"), school["name"]],
        [_say("feiten", "vestiging"), f"{school['vestigingsnummer']} ({school['onderwijssoort']})"],
        [_say("feiten", "schooljaar"), results["schooljaar"]],
        [_say("feiten", "periode"), _say("feiten", "van_tot", van=days[0], tot=days[1])],
        [_say("feiten", "deelname"), _say("feiten", "mee", **_counts(taken))],
        [_say("feiten", "vragenlijst"), f"{results['edition']['title']} ({results['edition']['code']})"],
    ]


def _participation(results: Facts) -> Words:
    taken, sector = results["participation"], results["school"]["sector"]
    rows = [_stratum(stratum, sector) for stratum in taken["strata"]]
    total = [_say("kolom", "totaal"), *_counted(taken), ""]
    return {"rijen": rows, "totaal": total, "delen": [_rate(each) for each in taken["strata"]]}


def _stratum(stratum: Facts, sector: str) -> list[str]:
    verdicts = texts(FILE)["oordeel"]
    verdict = verdicts.get(stratum["verdict"], verdicts["niet_te_bepalen"])
    return [leerjaar(stratum["leerjaar"], sector), *_counted(stratum), verdict]


def _counted(taken: Facts) -> list[str]:
    share = f"{100 * _rate(taken):.0f}%" if taken["population"] else dutch.number(None)
    return [str(taken["population"]), str(taken["respondents"]), share]


def _rate(taken: Facts) -> float:
    return min(taken["respondents"] / taken["population"], 1.0) if taken["population"] else 0.0


def _counts(taken: Facts) -> dict[str, int]:
    return {"respondents": taken["respondents"], "population": taken["population"]}


def _mean(indicator: Facts) -> Words:
    is_shown = indicator["mean"] is not None
    between, likely = _ends(indicator["interval"])
    return {
        "titel": indicator["title"],
        "gemiddelde": mean(indicator["mean"]) if is_shown else indicator["suppressed"],
        "woorden": place_in_words(indicator) if is_shown else "",
        "interval": between,
        "waarschijnlijk": likely,
        "vorig": comparisons.with_previous(indicator),
        "scholen": comparisons.with_reference(indicator),
        "n": dutch.number(indicator["n_valid"]),
        "schaal": [str(indicator["low"]), str(indicator["high"])],
        "plaatsen": places(indicator),
    }


def _ends(interval: Sequence[float] | None) -> tuple[str, str]:
    if interval is None:
        return _say("zinnen", "onbekend"), ""
    ends = {"van": mean(interval[0]), "tot": mean(interval[1])}
    return _say("zinnen", "van_tot", **ends), _say("zinnen", "waarschijnlijk", **ends)


def places(indicator: Facts) -> Words:
    """Return where the mean and what is drawn beside it lie on the scale, 0 to 1; None where unknown."""
    previous, reference = indicator["previous"] or {}, indicator["reference"] or {}
    return {
        "gemiddelde": _place(indicator["mean"], indicator),
        "van": _place((indicator["interval"] or (None, None))[0], indicator),
        "tot": _place((indicator["interval"] or (None, None))[1], indicator),
        "vorig": _place(previous.get("mean"), indicator),
        "scholen_van": _place(reference.get("low"), indicator),
        "scholen_tot": _place(reference.get("high"), indicator),
    }


def _place(value: float | None, scale: Facts) -> float | None:
    return None if value is None else min(max(figures.place(value, scale), 0.0), 1.0)


def _leerjaren(results: Facts) -> Words:
    indicators, sector = results["indicators"], results["school"]["sector"]
    numbers = sorted({each["leerjaar"] for one in indicators for each in one["per_leerjaar"]})
    rows = [
        {"naam": leerjaar(number, sector), "cellen": [_of_leerjaar(one, number) for one in indicators]}
        for number in numbers
    ]
    return {"kolommen": [one["title"] for one in indicators], "rijen": rows}


def _of_leerjaar(indicator: Facts, number: int) -> Words:
    found = next((one for one in indicator["per_leerjaar"] if one["leerjaar"] == number), None)
    if found is None or found["mean"] is None:
        return {"gezegd": found["suppressed"] if found else dutch.number(None), "plaats": None}
    return {"gezegd": mean(found["mean"]), "plaats": _place(found["mean"], indicator)}


def _kind(kind: figures.Kind) -> Words:
    return {"titel": kind.title, "deel": kind.width, "gezegd": kind.said, "n": dutch.number(kind.n_valid)}


def _favourable(found: figures.Favourable) -> Words:
    said = _say("zinnen", "koos", share=percent(found.share), answers=quoted(found.answers))
    return {"vraag": found.text, "deel": found.share, "gezegd": said}


def _scales(results: Facts) -> list[Words]:
    """Return the questions per scale, in the order of the means; what is of no scale of them comes last."""
    titles = {one["code"]: one["title"] for one in results["indicators"]}
    found: dict[str, list[Words]] = {code: [] for code in titles}
    for bar in figures.bars(results):
        found.setdefault(bar.scale, []).append(_question(bar))
    return [{"titel": titles.get(code, code), "rijen": rows} for code, rows in found.items() if rows]


def _question(bar: Bar) -> Words:
    parts = () if bar.reason else bar.parts
    return {
        "vraag": bar.text,
        "delen": [_part(part) for part in parts],
        "reden": bar.reason or "",
        "n": dutch.number(bar.n_valid),
    }


def _part(part: figures.Part) -> Words:
    number = "" if part.share is None else str(part.share)
    said = {"antwoord": part.label, "gezegd": part.said, "getal": number}
    return {"deel": part.width, "kleur": part.colour, "op": part.on_colour, **said}


def _day(text: str) -> str:
    return dutch.day(date.fromisoformat(text))


def _say(*keys: str, **fields: object) -> str:
    return sentence(FILE, *keys, **fields)
