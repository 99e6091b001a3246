"""The summary in four forms, JSON, CSV, XLSX and PDF, with the same content; refuses one out of schema."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from export.levering.spreadsheet import Cell, csv_bytes
from export.levering.summary_text import document
from export.levering.workbook import workbook_bytes
from instrument.paper.typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from export.levering.summary import Summary

HERE: Final = Path(__file__).parent
SCHEMA: Final = HERE / "schema" / "summary-1.schema.json"
TEMPLATE: Final = HERE / "templates" / "samenvatting.typ"
CSV_HEADER: Final = ("veld", "waarde")


class SummaryInvalidError(ValueError):
    """A summary does not fit its published schema; `faults` names each field, never a value."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@cache
def schema() -> dict[str, Any]:
    """Return the published JSON Schema of the summary."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def check(summary: Summary) -> None:
    """Raise `SummaryInvalidError` with every field that does not fit the schema."""
    import jsonschema  # noqa: PLC0415 - two seconds, only for whoever writes a file

    validator = jsonschema.Draft202012Validator(
        schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    found = sorted(validator.iter_errors(summary), key=lambda error: error.json_path)
    if found:
        raise SummaryInvalidError(
            tuple(f"summary: {error.json_path}: breaks the rule {error.validator}" for error in found)
        )


def as_json(summary: Summary) -> bytes:
    """Return the summary as JSON, in the order of the schema."""
    return (json.dumps(summary, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def as_csv(summary: Summary) -> bytes:
    """Return the summary as rows of field and value: `indicator[1].gemiddelde`; `3,4`."""
    return csv_bytes([CSV_HEADER, *_leaves("", summary)])


def as_xlsx(summary: Summary) -> bytes:
    """Return the rows of the CSV as a spreadsheet; the same summary gives the same bytes."""
    return workbook_bytes(CSV_HEADER, _leaves("", summary))


def as_pdf(summary: Summary) -> bytes:
    """Return the summary for people, PDF/UA-1; the same summary gives the same bytes."""
    return typeset(TEMPLATE, document(summary))


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Cell]]:  # noqa: ANN401 - any part of a JSON document
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(f"{path}.{key}" if path else key, part)
    elif isinstance(value, list):
        for place, part in enumerate(value, start=1):
            yield from _leaves(f"{path}[{place}]", part)
    else:
        yield path, value
