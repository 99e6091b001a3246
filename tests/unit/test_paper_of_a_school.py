"""Slips and letters: accessible, shuffled, nothing numbered; what a school writes stays words."""

from __future__ import annotations

import re

import page
import pytest

from instrument import deelnamecode
from instrument.paper import letters, slips
from instrument.paper.slips import PER_PAGE, Slips

ADDRESS = "https://monitor.example/"
CODES = tuple(deelnamecode.generate() for _ in range(19))
KNOWN = {"school": "De Brug", "eerste_dag": "1 december 2026", "adres": "monitor.example"}
HOSTILE = """# #set page(fill: red)

#import "@preview/x:1.0.0"

- $ x $ ] } " \\ `raw` <script>

{0} {school!r} {school}
"""


def pages(pdf: bytes) -> int:
    return max(int(number) for number in re.findall(rb"/Type ?/Pages[^>]*?/Count (\d+)", pdf))


def document(**changed: object) -> dict[str, object]:
    given = {"school": "De Brug", "address": ADDRESS, "size": slips.ORDINARY, "simulated": False}
    return slips.document([Slips("7a", CODES)], **{**given, **changed})


@pytest.mark.parametrize(("size", "n_pages"), [(slips.ORDINARY, 4), (slips.LARGE, 11)])
def test_slips_are_accessible_and_so_many_on_a_page(size: str, n_pages: int) -> None:
    """Nineteen slips and one: each stamgroep begins on a page of its own."""
    given = [Slips("7a", CODES), Slips("8a", CODES[:1])]
    pdf = slips.as_pdf(given, school="De Brug", address=ADDRESS, size=size)
    report = page.validate_pdf_bytes(pdf, profile="ua1")
    assert report.is_compliant, [failure.message for failure in report.failures]
    assert pages(pdf) == n_pages == -(-19 // PER_PAGE[size]) + 1


def test_slips_are_shuffled_and_nothing_is_numbered() -> None:
    """A teacher who deals them out in the order of the list learns nothing by it."""
    orders = {tuple(slip["code"] for slip in document()["stamgroepen"][0]["slips"]) for _ in range(5)}
    assert len(orders) > 1
    assert all(sorted(order) == sorted(CODES) for order in orders)
    assert {tuple(sorted(slip)) for slip in document()["stamgroepen"][0]["slips"]} == {("code", "qr")}


def test_the_qr_holds_the_address_with_the_code_behind_a_hash() -> None:
    """What stands there a browser sends to nobody."""
    assert slips.link(ADDRESS, "BBBB-BBBB-BBBB") == "https://monitor.example/#BBBB-BBBB-BBBB"
    assert slips.link("http://127.0.0.1:8866", "B").startswith("http://127.0.0.1:8866/#")


def test_codes_are_shown_in_no_repr() -> None:
    shown = repr(Slips("7a", CODES))
    assert not any(code in shown for code in CODES)


def test_simulated_schools_are_named_as_such_on_paper() -> None:
    assert document(simulated=True)["simulated"] is True
    assert "Gesimuleerd" in slips._words()["gesimuleerd"]


@pytest.mark.parametrize("kind", letters.KINDS)
def test_our_letters_are_accessible_and_complete(kind: str) -> None:
    """In plain words, with nothing left to fill in, and never more promised than is kept."""
    text = letters.own(kind)
    assert page.validate_pdf_bytes(letters.as_pdf(text, KNOWN), profile="ua1").is_compliant
    assert "volledig anoniem" not in text
    assert "officieel" not in text


def test_a_letter_is_the_same_bytes_each_time() -> None:
    text = letters.own("ouders")
    assert letters.as_pdf(text, KNOWN) == letters.as_pdf(text, KNOWN)
    assert b"CreationDate" not in letters.as_pdf(text, KNOWN)


def test_what_a_school_writes_is_never_run() -> None:
    """Typst, HTML and format strings are words here."""
    blocks = list(letters._blocks(letters.filled_in(HOSTILE, KNOWN)))
    assert blocks[0] == {"kind": "heading", "text": "#set page(fill: red)"}
    assert blocks[-1]["lines"] == ["{0} {school!r} De Brug"]
    assert page.validate_pdf_bytes(letters.as_pdf(HOSTILE, KNOWN), profile="ua1").is_compliant


def test_what_is_not_known_is_seen_to_be_missing() -> None:
    assert letters.filled_in("{laatste_dag} {onbekend}", KNOWN) == "… {onbekend}"
