"""A levering: every refusal with its remedy and nothing written, or four whole files."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from export.levering import sentences, summary_files, toestemming
from export.levering.preparation import LeveringRefused
from export.levering.transport import NotDelivered
from instrument.afname import Afname, Stamgroep
from instrument.school import Schooljaar
from tests.levering import delivering
from tests.levering.case import FORM, SCHOOL, closed_afname
from tests.simulated_school import EDITION

AFNAME = closed_afname(12)
ROWS = [
    {"stamgroep": stamgroep, "answers": {item.code: 2 for item in EDITION.items}}
    for stamgroep in ["6-zonnebloem"] * 10 + ["7-roos"] * 10
]
UNANSWERED = [{"stamgroep": "7-roos", "answers": {}}] * 12


def event(seq: int = 1, kind: str = "gegeven", **other: Any) -> dict[str, Any]:
    """Return an event as the ledger holds it."""
    known = {"vestigingsnummer": "99AA00", "schooljaar": "2026-2027", "type": kind, "payload": FORM}
    return {"seq": seq, "at_utc": "2027-03-15T08:00:00+00:00", **known, **other}


def deliver(out: Path, **other: Any) -> delivering.Delivery:
    """Deliver the afname of this file on the first moment it may be, with other arguments."""
    now = datetime(2027, 4, 1, 8, tzinfo=UTC)
    known = {"school": SCHOOL, "afname": AFNAME, "rows": ROWS, "events": [event()], "now": now, "out": out}
    return delivering.deliver(**{**known, **other})


def reasons(out: Path, **other: Any) -> tuple[str, ...]:
    """Return why a levering is refused, and see to it that nothing was written."""
    with pytest.raises(LeveringRefused) as refused:
        deliver(out / "nieuw", **other)
    assert list(out.iterdir()) == []
    return refused.value.faults


def afname(**other: Any) -> dict[str, Afname]:
    """Return another afname as an argument."""
    return {"afname": replace(AFNAME, **other)}


REFUSALS = {
    "no afname": ({"afname": None}, "heeft geen afname"),
    "afname of another vestiging": (afname(vestigingsnummer="99AB00"), "van vestiging 99AB00"),
    "open afname": (afname(closed_on=None), "nog open"),
    "afname outside its schooljaar": (afname(closed_on=date(2027, 8, 1)), "niet binnen schooljaar"),
    "unknown edition": (afname(edition="po_1999"), "po_1999 is hier niet aanwezig"),
    "edition changed since": (afname(fingerprint="sha256:0"), "sinds de afname gewijzigd"),
    "no evidence for the sector": (
        {"school": replace(SCHOOL, sector="so", onderwijssoort="SO")},
        "sector po",
    ),
    "no evidence for the leerjaar": (
        afname(stamgroepen=(*AFNAME.stamgroepen, Stamgroep("4-iris", 4, 20))),
        "niet onderbouwd voor groep 4",
    ),
    "no counts of pupils": (
        afname(stamgroepen=(Stamgroep("6-zonnebloem", 6, 0), Stamgroep("7-roos", 7, 0))),
        "geen leerlingaantallen",
    ),
    "nine pupils": ({"rows": ROWS[:9]}, "te weinig leerlingen"),
    "nothing answered": ({"rows": UNANSWERED}, "geen van de drie indicatoren"),
    "strange answers": ({"rows": [*ROWS, {"stamgroep": "7-roos", "answers": {"XX99": 1}}]}, "passen niet"),
    "strange stamgroep": ({"rows": [*ROWS, {"stamgroep": "1-lelie", "answers": {}}]}, "passen niet"),
    "no toestemming": ({"events": []}, "geen toestemming gegeven"),
    "toestemming withdrawn": ({"events": [event(), event(2, "ingetrokken")]}, "is ingetrokken"),
    "toestemming of last year": ({"events": [event(schooljaar="2025-2026")]}, "telt niet voor 2026-2027"),
    "toestemming of another vestiging": ({"events": [event(vestigingsnummer="99AB00")]}, "geen toestemming"),
    "incomplete toestemming": ({"events": [event(payload={**FORM, "akkoord_naam": ""})]}, "niet volledig"),
    "before the day": ({"now": datetime(2027, 3, 31, 12, tzinfo=UTC)}, "vanaf 1 april 2027, 00:00 uur"),
    "after the term": ({"now": datetime(2027, 7, 1, 12, tzinfo=UTC)}, "lever als herstel"),
    "herstel within the term": ({"herstel": True}, "lever zonder herstel"),
    "no such verantwoording": ({"verantwoording": Path("/nergens/verantwoording.pdf")}, "niet te lezen"),
    "school without a name": ({"school": replace(SCHOOL, name="")}, "$.schoolnaam"),
}


@pytest.mark.parametrize(("other", "words"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_says_why_and_writes_nothing(tmp_path: Path, other: dict[str, Any], words: str):
    found = [reason for reason in reasons(tmp_path, **other) if words in reason]
    assert len(found) == 1
    assert ";" in found[0], "a reason ends with its remedy"


def test_all_reasons_come_at_once(tmp_path: Path):
    """A school corrects once, not once per reason."""
    found = reasons(
        tmp_path,
        **afname(closed_on=None, fingerprint="sha256:0"),
        events=[],
        now=datetime(2027, 7, 2, tzinfo=UTC),
        verantwoording=Path("/nergens/x.pdf"),
    )
    named = ["nog open", "gewijzigd", "geen toestemming", "als herstel", "niet te lezen"]
    assert [word for word, reason in zip(named, found, strict=True) if word not in reason] == []


def test_every_sentence_of_a_refusal_names_a_remedy():
    """Fault; remedy (STYLE 9)."""
    texts = tomllib.loads((sentences.TEXTS / "levering.toml").read_text("utf-8"))
    said = [*texts["levering"].items(), *texts["toestemming"].items()]
    assert [key for key, sentence in said if ";" not in sentence] == []


def test_a_refusal_repeats_no_answer(tmp_path: Path):
    """An answer that does not fit is still an answer of a child."""
    rows = [*ROWS, {"stamgroep": "7-roos", "answers": {"VB01": 7777}}]
    assert "7777" not in " ".join(reasons(tmp_path, rows=rows))


def test_ten_pupils_are_enough(tmp_path: Path):
    assert deliver(tmp_path, rows=ROWS[5:15]).summary["n_deelnemers"] == 10


def test_an_open_afname_says_nothing_of_its_answers(tmp_path: Path):
    """Not even that there are too few (D1)."""
    assert reasons(tmp_path, **afname(closed_on=None), rows=[]) == (
        "afname: de afname is nog open; sluit haar eerst",
    )


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        (datetime(2027, 3, 31, 21, 59, 59, tzinfo=UTC), False),
        (datetime(2027, 3, 31, 22, 0, 0, tzinfo=UTC), True),
    ],
)
def test_delivery_starts_at_midnight_in_the_netherlands(tmp_path: Path, moment: datetime, *, may: bool):
    """In summer 22:00 UTC; a host in another zone knows no other midnight."""
    if may:
        assert deliver(tmp_path, now=moment).files
    else:
        assert "00:00 uur" in reasons(tmp_path, now=moment)[0]


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (datetime(2027, 6, 30, 21, 59, 59, tzinfo=UTC), False),
        (datetime(2027, 6, 30, 22, 0, 0, tzinfo=UTC), True),
    ],
)
def test_the_term_ends_with_30_june_in_the_netherlands(tmp_path: Path, moment: datetime, *, late: bool):
    assert deliver(tmp_path, now=moment, herstel=late).summary["status"] == (
        "herstel" if late else "geleverd"
    )


def test_after_midnight_of_30_june_a_usual_delivery_is_too_late(tmp_path: Path):
    moment = datetime(2027, 6, 30, 22, 0, 0, tzinfo=UTC)
    assert "lever als herstel" in reasons(tmp_path, now=moment)[0]


def test_a_herstel_has_its_own_date(tmp_path: Path):
    payload = {**FORM, "leverdatum": "2027-09-20", "herstel": True}
    found = deliver(
        tmp_path, events=[event(payload=payload)], now=datetime(2027, 9, 20, 8, tzinfo=UTC), herstel=True
    )
    assert found.summary["status"] == "herstel"
    assert found.summary["toestemming"]["herstel"] is True


def test_four_whole_files_appear_and_nothing_else(tmp_path: Path):
    found = deliver(tmp_path)
    name = "samenvatting-99AA00-2026-2027"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{name}.csv", f"{name}.json", f"{name}.pdf", f"{name}.xlsx",
    ]  # fmt: skip
    assert sorted(found.files) == sorted(tmp_path.iterdir())


def test_the_json_on_disk_fits_the_published_schema(tmp_path: Path):
    found = deliver(tmp_path)
    written = json.loads(next(tmp_path.glob("*.json")).read_text("utf-8"))
    summary_files.check(written)
    assert written == found.summary


def test_the_consent_stands_in_every_form(tmp_path: Path):
    """Whoever gets only one of the four must see on whose word it came (EIS-E)."""
    found = deliver(tmp_path).summary
    assert found["toestemming"]["akkoord_bevoegd_gezag"] == {
        "akkoord": True,
        "naam": "J. van den Berg",
        "datum": "2027-03-10",
        "eigen_login": False,
    }
    assert '"toestemming.akkoord_bevoegd_gezag.akkoord";"ja"' in next(tmp_path.glob("*.csv")).read_text(
        "utf-8-sig"
    )
    lines = dict(summary_files.document(found)["toestemming"])
    assert lines["Toestemming gegeven"] == "ja"
    assert lines["Akkoord van het bevoegd gezag"] == "J. van den Berg, op 10 maart 2027"


def test_a_suppressed_indicator_is_marked_and_does_not_stop_the_others(tmp_path: Path):
    partly = [
        {
            "stamgroep": "7-roos",
            "answers": {item.code: 2 for item in EDITION.items if item.scale != "welbevinden"},
        }
    ] * 11
    shown = deliver(tmp_path, rows=partly).summary["indicator"]
    assert [indicator["onderdrukt"] for indicator in shown] == [None, None, "te weinig leerlingen"]
    assert '"indicator[3].onderdrukt";"te weinig leerlingen"' in next(tmp_path.glob("*.csv")).read_text(
        "utf-8-sig"
    )


def test_the_same_input_gives_the_same_files(tmp_path: Path):
    first = [path.read_bytes() for path in deliver(tmp_path / "een").files]
    second = [path.read_bytes() for path in deliver(tmp_path / "twee", rows=ROWS[::-1]).files]
    assert first == second


def test_a_folder_that_is_a_file_is_refused_with_a_remedy(tmp_path: Path):
    out = tmp_path / "bestand"
    out.write_text("iets")
    with pytest.raises(NotDelivered, match="choose another folder"):
        deliver(out)
    assert out.read_text() == "iets"


def test_a_second_delivery_replaces_the_files_whole(tmp_path: Path):
    deliver(tmp_path)
    deliver(tmp_path, now=datetime(2027, 4, 2, 8, tzinfo=UTC))
    assert len(list(tmp_path.iterdir())) == 4
    assert '"2027-04-02T10:00:00+02:00"' in next(tmp_path.glob("*.json")).read_text("utf-8")


def test_the_verantwoordingsdocument_is_named_by_its_hash(tmp_path: Path):
    document = tmp_path / "verantwoording.pdf"
    document.write_bytes(b"het document")
    found = deliver(tmp_path / "uit", verantwoording=document).summary["verantwoording"]
    assert found["sha256"] == hashlib.sha256(b"het document").hexdigest()


def test_what_was_given_in_the_form_can_be_delivered(tmp_path: Path):
    """The whole way: form, event, fold, levering."""
    given = toestemming.give(
        FORM, vestigingsnummer="99AA00", schooljaar=Schooljaar(2026), today=date(2027, 3, 15)
    )
    recorded = {**given, "seq": 1, "at_utc": "2027-03-15T08:00:00+00:00"}
    assert (
        deliver(tmp_path, events=[recorded]).summary["toestemming"]["gegeven_op"]
        == "2027-03-15T09:00:00+01:00"
    )
