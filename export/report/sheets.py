"""The figures of the report as sheets of a workbook and lines of a CSV; what paper shows, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from export.levering.spreadsheet import Cell, csv_bytes
from export.report import comparisons, figures
from export.report.conclusions import conclusions
from export.report.words import leerjaar, sentence, texts
from export.workbook import Sheet, xlsx_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Facts = Mapping[str, Any]
    Row = tuple[Cell, ...]

FILE: Final = "bladen"


def as_xlsx(results: Facts) -> bytes:
    """Return the workbook; the same results give the same bytes."""
    return xlsx_bytes(sheets(results))


def as_csv(results: Facts) -> bytes:
    """Return one figure a line: where it belongs, what it is of, which measure, and its value."""
    header: Row = tuple(texts(FILE)["csv"])
    return csv_bytes([header, *(line for sheet in sheets(results) for line in _lines(results, sheet))])


def sheets(results: Facts) -> tuple[Sheet, ...]:
    """Return all sheets, each named as simulated where the school is."""
    note = sentence(FILE, "noot", schooljaar=results["schooljaar"], **_school(results))
    if results["gesimuleerd"]:
        note = f"{sentence('rapport', 'gesimuleerd')} {note}"
    rows: dict[str, Iterator[Row]] = {
        "gemiddelden": map(_mean, results["indicators"]),
        "leerjaren": _leerjaren(results),
        "aantasting": map(_kind, figures.kinds(results)),
        "vragen": _answers(results),
        "deelname": _strata(results),
        "conclusies": ((each.part, each.text, each.certainty) for each in conclusions(results)),
    }
    return tuple(
        Sheet(texts(FILE)[name]["naam"], tuple(texts(FILE)[name]["kolommen"]), tuple(found), note)
        for name, found in rows.items()
    )


def _school(results: Facts) -> dict[str, str]:
    school = results["school"]
    return {"school": school["name"], "vestigingsnummer": school["vestigingsnummer"]}


def _mean(indicator: Facts) -> Row:
    low, high = indicator["interval"] or (None, None)
    previous, reference = indicator["previous"] or {}, indicator["reference"] or {}
    return (
        indicator["code"],
        indicator["title"],
        *(indicator["mean"], low, high, indicator["low"], indicator["high"], indicator["n_valid"]),
        *(previous.get(name) for name in ("schooljaar", "mean", "difference")),
        comparisons.verdict(indicator["previous"]),
        *(reference.get(name) for name in ("n_schools", "mean", "difference")),
        comparisons.verdict(indicator["reference"]),
        indicator["suppressed"],
    )


def _leerjaren(results: Facts) -> Iterator[Row]:
    sector = results["school"]["sector"]
    for one in results["indicators"]:
        for found in one["per_leerjaar"]:
            name = leerjaar(found["leerjaar"], sector)
            figure = (found["mean"], found["n_valid"], found["suppressed"])
            yield (f"{one['code']}.{found['leerjaar']}", one["title"], name, *figure)


def _kind(kind: figures.Kind) -> Row:
    return (kind.code, kind.title, kind.question, kind.share, kind.n_valid, _remark(kind.reason, kind))


def _remark(reason: str | None, figure: figures.Kind | figures.Part) -> str | None:
    """Return why there is no number."""
    return reason or (figure.said if figure.share is None else None)


def _answers(results: Facts) -> Iterator[Row]:
    for bar in figures.bars(results):
        for number, part in enumerate(bar.parts, start=1):
            figure = (part.share, bar.n_valid, _remark(bar.reason, part))
            yield (f"{bar.code}.{number}", bar.text, part.label, bar.scale, *figure)


def _strata(results: Facts) -> Iterator[Row]:
    taken, verdicts = results["participation"], texts("rapport")["oordeel"]
    for one in taken["strata"]:
        name = leerjaar(one["leerjaar"], results["school"]["sector"])
        said = verdicts.get(one["verdict"], verdicts["niet_te_bepalen"])
        yield (str(one["leerjaar"]), name, *_counts(one), said)
    yield ("totaal", sentence("rapport", "kolom", "totaal"), *_counts(taken), None)


def _counts(taken: Facts) -> Row:
    population, respondents = taken["population"], taken["respondents"]
    return (population, respondents, round(100 * respondents / population) if population else None)


def _lines(results: Facts, sheet: Sheet) -> Iterator[Row]:
    """Yield a line for each figure of a sheet; the columns that say what it is of stand on every line."""
    keys = texts(FILE)["sleutels"]
    about = (results["school"]["vestigingsnummer"], results["schooljaar"], results["gesimuleerd"], sheet.name)
    for row in sheet.rows:
        cells = dict(zip(sheet.columns, row, strict=True))
        of = tuple(cells.get(key) for key in keys)
        for measure, value in cells.items():
            if measure not in keys and value is not None:
                yield (*about, *of, measure, value)
