"""The results document: what a school may know of its closed afname, ready for JSON; holds no answer.

`figures` is what is frozen: made once from the answers, and the same ever after (D1). `beside` adds what
changes with the years: the number of releases, last year, and other schools.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from export.disclosure import SCHOOL, Disclosure, Released, tally, units
from export.indicators import INDICATORS, Row, edition_of, title_of
from export.participation import participation
from export.results.comparison import Earlier, Pool, pooled, with_earlier, with_others
from export.results.items import item_result, kind_result
from export.results.uncertainty import SchoolMean, interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from export.disclosure import Disclosed, Release
    from export.participation import Stratum
    from instrument.afname import Afname
    from instrument.questionnaire import Edition
    from instrument.school import School

    Document: TypeAlias = dict[str, Any]

HAPPENED: Final = "aantasting"
"""The scale whose items each ask whether one kind of aantasting happened."""


def results(  # noqa: PLR0913 - what a document stands on comes in by name
    school: School,
    afname: Afname,
    rows: Sequence[Row],
    *,
    previous: Earlier | None = None,
    reference: Mapping[str, Sequence[SchoolMean]] | None = None,
    history: tuple[Release, ...] = (),
) -> Document:
    """Return the results of a closed afname; `history` is what was released of it before, to anybody.

    `reference` holds the released means of other schools by indicator.

    Raises `disclosure.DisclosureError` while the afname is open (D1).
    """
    pools = {code: pooled(others) for code, others in (reference or {}).items()}
    return beside(figures(school, afname, rows, history=history), previous=previous, pools=pools)


def figures(
    school: School, afname: Afname, rows: Sequence[Row], *, history: tuple[Release, ...] = ()
) -> Document:
    """Return everything that follows from the answers of this afname alone."""
    gate = Disclosure(afname, released=history)
    edition = edition_of(afname)
    counted = tally.of_rows(afname, edition, rows, onderwijssoort=school.onderwijssoort)
    stamgroepen = [str(row["stamgroep"]) for row in rows]
    return {
        **_heading(school, afname, edition),
        "participation": _participation(gate, stamgroepen),
        **answers(gate, edition, counted, n_stamgroepen=len({*stamgroepen})),
    }


def answers(gate: Disclosure, edition: Edition, counted: tally.Tally, *, n_stamgroepen: int) -> Document:
    """Return all that is told of answers: three means, items, kinds of aantasting."""
    found = gate.distributions(counted, {item.code: item.sensitive for item in edition.scored})
    return {
        "indicators": [_indicator(gate, edition, code, counted, n_stamgroepen) for code in INDICATORS],
        "items": [item_result(item, found[item.code]) for item in edition.scored],
        "kinds": [kind_result(item, found[item.code]) for item in edition.items_of(HAPPENED)],
    }


def beside(
    document: Document,
    *,
    previous: Earlier | None = None,
    pools: Mapping[str, Pool | None] | None = None,
    releases: int = 1,
) -> Document:
    """Return frozen figures with last year, other schools and the number of releases beside them."""
    others = pools or {}
    return {
        **document,
        "indicators": [
            {**indicator, **_compared(indicator, previous, others.get(indicator["code"]))}
            for indicator in document["indicators"]
        ],
        "releases": releases,
    }


def school_mean(indicator: Mapping[str, Any]) -> SchoolMean | None:
    """Return the released mean of an indicator of a document; None where it is suppressed."""
    if indicator["suppressed"]:
        return None
    fields = ("mean", "n_valid", "n_stamgroepen", "low", "high")
    return SchoolMean(**{field: indicator[field] for field in fields})


def _heading(school: School, afname: Afname, edition: Edition) -> Document:
    return {
        "gesimuleerd": school.simulated,
        "school": {
            "name": school.name,
            "vestigingsnummer": school.vestigingsnummer,
            "sector": school.sector,
            "onderwijssoort": school.onderwijssoort,
        },
        "schooljaar": str(afname.schooljaar),
        "edition": {"code": edition.code, "title": edition.title["nl"]},
        "opened_on": afname.opened_on.isoformat(),
        "closed_on": None if afname.closed_on is None else afname.closed_on.isoformat(),
    }


def _participation(gate: Disclosure, stamgroepen: Sequence[str]) -> Document:
    found = participation(gate.response(stamgroepen))
    rate = found.response_rate
    return {
        "population": found.population,
        "respondents": found.respondents,
        "response_rate": None if rate is None else round(rate, 3),
        "required": found.required,
        "verdict": found.verdict,
        "strata": [_stratum(stratum) for stratum in found.strata],
    }


def _stratum(stratum: Stratum) -> Document:
    deviation = stratum.deviation
    return {
        "leerjaar": stratum.leerjaar,
        "population": stratum.population,
        "respondents": stratum.respondents,
        "deviation": None if deviation is None else round(deviation, 1) + 0.0,
        "verdict": stratum.verdict,
    }


def _indicator(
    gate: Disclosure, edition: Edition, code: str, counted: tally.Tally, n_stamgroepen: int
) -> Document:
    leerjaren = units.of_leerjaren(counted.cells)
    found = gate.means(counted, code, units=(SCHOOL, *leerjaren))
    scale = counted.scales[code]
    indicator = {
        "code": code,
        "title": title_of(edition, code),
        "low": scale.low,
        "high": scale.high,
        **_mean(found[SCHOOL]),
        "n_stamgroepen": n_stamgroepen,
        "per_leerjaar": [{"leerjaar": int(unit.key), **_mean(found[unit])} for unit in leerjaren],
    }
    own = school_mean(indicator)
    return {**indicator, "interval": None if own is None else interval(own)}


def _mean(found: Disclosed) -> Document:
    if isinstance(found, Released):
        return {"mean": found.mean, "n_valid": found.n_valid, "suppressed": None}
    return {"mean": None, "n_valid": None, "suppressed": found.reason}


def _compared(indicator: Document, previous: Earlier | None, pool: Pool | None) -> Document:
    own = school_mean(indicator)
    if own is None:
        return {"previous": None, "reference": None}
    return {
        "previous": with_earlier(own, previous, indicator["code"]),
        "reference": with_others(own, pool),
    }
