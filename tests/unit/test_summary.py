"""The summary by hand on one school, and its three forms."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import page
import pytest
import typst

from export.disclosure import DisclosureError
from export.levering import summary, summary_files, summary_text, toestemming
from instrument import editions
from instrument.afname import Stamgroep
from instrument.school import School
from tests.levering.case import GIVEN, SCHOOL, closed_afname
from tests.simulated_school import EDITION

AFNAME = closed_afname(20)
NOW = datetime(2027, 3, 31, 22, 30, tzinfo=UTC)
WITHOUT_MEANING = -2
ROOT = Path(__file__).parents[2]


def row(score: int, *, stamgroep: str = "6-zonnebloem", **scales: int) -> dict[str, Any]:
    """Make a pupil with this score on every item, high = favourable; a scale can have another."""
    answers = {}
    for item in EDITION.items:
        wanted = scales.get(item.scale, score)
        answers[item.code] = 5 - wanted if item.reversed and wanted > 0 else wanted
    return {"stamgroep": stamgroep, "answers": answers}


ROWS = [row(2), row(3, aantasting=4)] * 10 + [row(3, stamgroep="7-roos")] * 10


def means(rows: list[dict[str, Any]]) -> list[float | None]:
    """Return the three released means."""
    released = summary.release(SCHOOL, AFNAME, rows)
    return [indicator["gemiddelde"] for indicator in released["indicator"]]


def build(school: School = SCHOOL, rows: list[dict[str, Any]] = ROWS, **fields: Any) -> summary.Summary:
    """Build the summary of a delivery."""
    given = toestemming.fold([GIVEN], AFNAME.schooljaar)
    known = {"toestemming": given, "status": "geleverd", "now": NOW, **fields}
    return summary.build(school=school, afname=AFNAME, rows=rows, **known)


def cells(found: summary.Summary) -> list[list[str]]:
    """Return the CSV as a spreadsheet reads it, without its header."""
    text = summary_files.as_csv(found).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]


def pages(found: summary.Summary) -> list[str]:
    """Return the pages of the document as SVG."""
    words = json.dumps(summary_text.document(found))
    svg = typst.compile(summary_files.TEMPLATE, format="svg", sys_inputs={"document": words})
    return [each.decode() for each in (svg if isinstance(svg, list) else [svg])]


def test_means_are_those_computed_by_hand():
    """(10·2 + 20·3) / 30 = 2.67 and, for aantasting, (10·2 + 10·4 + 10·3) / 30 = 3."""
    assert means(ROWS) == [2.7, 3.0, 2.7]


def test_much_aantasting_gives_a_low_mean():
    """One orientation for all three scales: hoger is gunstiger, also here."""
    assert means([row(3, aantasting=1)] * 9 + [row(3, aantasting=2)] * 9)[1] == 1.5


def test_weet_ik_niet_is_not_in_a_mean():
    assert means([*ROWS, *[row(WITHOUT_MEANING)] * 5]) == means(ROWS)


def test_an_indicator_with_too_few_answers_is_marked():
    rows = [row(3)] * 9 + [row(3, welbevinden=WITHOUT_MEANING)] * 9
    released = summary.release(SCHOOL, AFNAME, rows)
    shown, _, hidden = released["indicator"]
    assert (shown["gemiddelde"], shown["onderdrukt"]) == (3.0, None)
    assert (hidden["gemiddelde"], hidden["n_geldig"], hidden["onderdrukt"]) == (
        None,
        None,
        "te weinig leerlingen",
    )


def test_an_open_afname_releases_nothing():
    with pytest.raises(DisclosureError, match="still open"):
        summary.release(SCHOOL, replace(AFNAME, closed_on=None), ROWS)


def test_nobody_answering_is_no_crash():
    released = summary.release(SCHOOL, AFNAME, [])
    assert [indicator["onderdrukt"] for indicator in released["indicator"]] == ["te weinig leerlingen"] * 3
    assert released["representativiteit"][0]["afwijking"] is None


def test_without_counts_of_pupils_nothing_is_said_of_representativeness():
    empty = replace(AFNAME, stamgroepen=(Stamgroep("6-zonnebloem", 6, 0), Stamgroep("7-roos", 7, 0)))
    released = summary.release(SCHOOL, empty, ROWS)
    assert released["representativiteit_totaal"]["oordeel"] == "niet_te_bepalen"
    assert released["respons"] is None


def test_representativeness_is_that_of_the_counts():
    released = summary.release(SCHOOL, AFNAME, ROWS)
    zes, zeven = released["representativiteit"]
    assert (zes["n_deelnemers"], zeven["n_deelnemers"], released["respons"]) == (20, 10, 0.75)
    assert (zes["afwijking"], zes["oordeel"]) == (16.7, "oververtegenwoordigd")
    assert (zeven["afwijking"], zeven["oordeel"]) == (-16.7, "ondervertegenwoordigd")


def test_a_release_can_be_sent_as_json_and_names_no_stamgroep():
    text = json.dumps(summary.release(SCHOOL, AFNAME, ROWS), allow_nan=False)
    assert "zonnebloem" not in text
    assert "AT01" not in text


def test_a_changed_edition_is_refused():
    """Means of other questions than were asked would be delivered."""
    with pytest.raises(editions.EditionChangedError):
        summary.release(SCHOOL, replace(AFNAME, fingerprint="sha256:0"), ROWS)


def test_the_broker_loads_no_statistics_to_know_the_release():
    """pandas, scipy and jsonschema cost seconds and memory in the process that keeps the answers."""
    heavy = "{'pandas', 'scipy', 'jsonschema', 'typst', 'pingouin'}"
    program = f"import sys, export.levering.summary; sys.exit(len({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("status", ["concept", "ter_controle"])
def test_a_concept_fits_the_schema_without_toestemming(status: str):
    summary_files.check(build(toestemming=None, status=status))


def test_a_delivery_without_toestemming_does_not_fit_the_schema():
    with pytest.raises(summary_files.SummaryInvalidError, match=r"\$\.toestemming"):
        summary_files.check(build(toestemming=None, status="geleverd"))


@pytest.mark.parametrize(
    "change",
    [
        {"leerling": "x"},
        {"vestigingsnummer": "99AA"},
        {"gegenereerd_op": "2027-04-01T00:30:00"},
        {"afname_van": "2 november"},
        {"indicator": []},
        {"gesimuleerd": None},
        {"schema_version": "2.0.0"},
    ],
)
def test_what_is_out_of_form_does_not_fit_the_schema(change: dict[str, Any]):
    with pytest.raises(summary_files.SummaryInvalidError):
        summary_files.check({**build(), **change})


def test_indicators_keep_their_order_in_the_schema():
    found = build()
    with pytest.raises(summary_files.SummaryInvalidError):
        summary_files.check({**found, "indicator": found["indicator"][::-1]})


def test_a_suppressed_indicator_cannot_hold_a_mean():
    found = build()
    first = {**found["indicator"][0], "onderdrukt": "te weinig leerlingen"}
    with pytest.raises(summary_files.SummaryInvalidError):
        summary_files.check({**found, "indicator": [first, *found["indicator"][1:]]})


def test_the_moment_is_dutch_time_with_offset():
    assert build()["gegenereerd_op"] == "2027-04-01T00:30:00+02:00"


def test_the_hash_of_the_verantwoordingsdocument_is_in_the_summary(tmp_path: Path):
    document = tmp_path / "verantwoording.pdf"
    document.write_bytes(b"abc")
    account = build(evidence=summary.Evidence.of(document))["verantwoording"]
    assert account["sha256"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert account["bestand"] == "verantwoording.pdf"


@pytest.mark.parametrize("form", [summary_files.as_json, summary_files.as_csv, summary_files.as_pdf])
def test_the_same_input_gives_the_same_bytes(form: Any):
    """Whatever the order in which the rows came out of the store."""
    assert form(build()) == form(build(rows=ROWS[::-1]))


def test_the_csv_holds_every_value_of_the_json():
    found = json.loads(summary_files.as_json(build()))
    written = dict(cells(found))
    assert written["indicator[2].gemiddelde"] == "3,0"
    assert written["representativiteit[2].afwijking"] == "-16,7"
    assert written["gesimuleerd"] == "ja"
    assert written["toestemming.gegeven"] == "ja"
    assert written["toestemming.akkoord_bevoegd_gezag.naam"] == "J. van den Berg"
    assert written["bevoegd_gezag_nummer"] == ""


def test_the_csv_opens_in_a_dutch_spreadsheet():
    """BOM, `;`, every cell quoted, CRLF (TRUST: bad input)."""
    lines = summary_files.as_csv(build()).split(b"\r\n")
    assert lines[0] == b'\xef\xbb\xbf"veld";"waarde"'
    assert all(re.fullmatch(rb'"[^"]*";"[^"]*"', line) for line in lines[1:-1])


def test_a_school_name_can_be_no_formula_and_no_markup():
    """Names come from people; in the document they are words, whatever signs they hold."""
    found = build(replace(SCHOOL, name='=HYPERLINK(1) #panic() *x* $y$ "z" \\'))
    assert dict(cells(found))["schoolnaam"].startswith("'=HYPERLINK")
    assert summary_files.as_pdf(found).startswith(b"%PDF")


def test_the_pdf_is_accessible():
    """PDF/UA-1, read by another program than the one that wrote it."""
    report = page.validate_pdf_bytes(summary_files.as_pdf(build()), profile="ua1")
    assert [failure.message for failure in report.failures] == []


def test_simulated_is_said_on_every_page():
    simulated, real = pages(build()), pages(build(replace(SCHOOL, simulated=False)))
    assert [each.count("#fff1d6") for each in simulated] == [1] * len(simulated)
    assert [each.count("#fff1d6") for each in real] == [0] * len(real)


def test_the_template_lays_out_every_word():
    """A part that the template forgot would be missing on paper only."""
    template = summary_files.TEMPLATE.read_text("utf-8")
    words = summary_text.document(build())
    assert [key for key in words if f"it.{key}" not in template] == []


def test_no_document_claims_to_be_of_the_state():
    """No public format exists; ours is published, and nothing more (DOMAIN)."""
    found = build()
    texts = (ROOT / "export/levering/texts/levering.toml").read_text("utf-8")
    everything = [json.dumps(found), texts, summary_files.SCHEMA.read_text("utf-8")]
    assert not re.search("offici|official|volledig anoniem", " ".join(everything), re.IGNORECASE)
