"""Cells that people open in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest

from export.levering.spreadsheet import csv_bytes


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1+1", "@SUM(1)", "|cmd", "%x", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "\u00a0=1"],
)
def test_no_text_becomes_a_formula(text: str):
    written = next(
        csv.reader(io.StringIO(csv_bytes([[text]]).decode("utf-8-sig"), newline=""), delimiter=";")
    )
    assert written == [f"'{text}"]


def test_own_figures_stay_figures():
    """A negative deviation is no formula; with an apostrophe it could not be added up."""
    assert csv_bytes([[-3.2, 4, None, True, False]]) == b'\xef\xbb\xbf"-3,2";"4";"";"ja";"nee"\r\n'
