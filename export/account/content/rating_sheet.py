"""The sheet on which one expert rates the items of an edition: relevance, clarity, and what is lacking."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from export.account.content.blueprint import LANGUAGE
from export.account.content.validity_index import FEWEST_EXPERTS, RATINGS
from export.account.content.words import words
from instrument import editions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instrument.questionnaire import Edition

Rows = list[tuple[str, ...]]
CREATED: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock: the same edition gives the same bytes."""
ITEM_HEADS: Final = ("code", "scale", "question", "text", "answers", "relevance", "clarity", "remark")
COVERAGE_HEADS: Final = ("code", "question", "coverage", "absent")
RATED: Final = ("relevance", "clarity", "coverage")
OPEN: Final = (*RATED, "remark", "absent")
"""What the expert fills in; every other cell is locked against a slip, without a password."""
_WIDTHS: Final = {
    "code": 12,
    "scale": 20,
    "question": 36,
    "text": 48,
    "answers": 36,
    "remark": 48,
    "absent": 60,
}


def written(edition: Edition) -> bytes:
    """Return the empty sheet as .xlsx; nothing in it is a formula."""
    import xlsxwriter  # noqa: PLC0415 - only for whoever writes a file

    sheets = words("beoordeling")["sheets"]
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": CREATED, "title": words("beoordeling")["about"]["title"]})
        forms = _forms(book)
        _write_about(book.add_worksheet(sheets["about"]), edition, forms)
        _write_table(book.add_worksheet(sheets["items"]), ITEM_HEADS, _items(edition), forms)
        _write_table(book.add_worksheet(sheets["coverage"]), COVERAGE_HEADS, _coverage(edition), forms)
        _write_facts(book.add_worksheet(sheets["facts"]), edition, forms)
    return out.getvalue()


def _forms(book: Any) -> dict[str, Any]:  # noqa: ANN401 - has no types
    shared = {"text_wrap": True, "valign": "top"}
    return {
        "locked": book.add_format(shared),
        "open": book.add_format({**shared, "locked": False, "bg_color": "#FFF6E0", "border": 1}),
        "head": book.add_format({**shared, "bold": True}),
    }


def _items(edition: Edition) -> Rows:
    scales = {scale.code: scale for scale in edition.scales}
    return [
        (
            item.code,
            scales[item.scale or ""].title[LANGUAGE],
            scales[item.scale or ""].legal_question,
            item.text[LANGUAGE],
            " · ".join(option.label[LANGUAGE] for option in item.option_set.options),
        )
        for item in edition.scored
    ]


def _coverage(edition: Edition) -> Rows:
    return [(scale.code, scale.legal_question) for scale in edition.scales]


def _write_table(sheet: Any, heads: Sequence[str], rows: Rows, forms: dict[str, Any]) -> None:  # noqa: ANN401
    said = words("beoordeling")["heads"]
    sheet.freeze_panes(1, 1)
    sheet.protect()
    for column, head in enumerate(heads):
        sheet.set_column(column, column, _WIDTHS.get(head, 14))
        sheet.write_string(0, column, said[head], forms["head"])
        if head in RATED:
            sheet.data_validation(1, column, len(rows), column, _validation())
        for number in range(1, len(rows) + 1 if head in OPEN else 0):
            sheet.write_blank(number, column, None, forms["open"])
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text, forms["locked"])


def _validation() -> dict[str, Any]:
    said = words("beoordeling")["validation"]
    return {
        "validate": "list",
        "source": list(RATINGS),
        "error_title": said["title"],
        "error_message": said["message"],
    }


def _write_about(sheet: Any, edition: Edition, forms: dict[str, Any]) -> None:  # noqa: ANN401 - has no types
    said = words("beoordeling")["about"]
    fields = {
        "fewest": FEWEST_EXPERTS,
        "sector": edition.sector,
        "leerjaren": ", ".join(map(str, edition.leerjaren)),
        "edition": edition.title[LANGUAGE],
        "code": edition.code,
    }
    sheet.set_column(0, 0, 100)
    sheet.protect()
    sheet.write_string(0, 0, said["title"], forms["head"])
    for number, line in enumerate(said["lines"], start=1):
        sheet.write_string(number, 0, line.format(**fields), forms["locked"])


def _write_facts(sheet: Any, edition: Edition, forms: dict[str, Any]) -> None:  # noqa: ANN401 - has no types
    said = words("beoordeling")
    rows = [
        (said["heads"]["fact"], said["heads"]["value"]),
        (said["facts"]["edition"], edition.code),
        (said["facts"]["fingerprint"], editions.fingerprint(edition)),
        (said["facts"]["expertise"], ""),
    ]
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    sheet.protect()
    for number, (name, value) in enumerate(rows):
        sheet.write_string(number, 0, name, forms["head"])
        sheet.write_string(number, 1, value, forms["locked"] if value else forms["open"])
