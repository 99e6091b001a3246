"""The published schema of the summary, and its example."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema

from export.levering import summary_files

if TYPE_CHECKING:
    from collections.abc import Iterator


def described(part: dict[str, Any], path: str = "$") -> Iterator[tuple[str, str]]:
    """Give every field of a schema with its description, also those inside other fields and lists."""
    for name, field in part.get("properties", {}).items():
        yield f"{path}.{name}", field.get("description", "")
        yield from described(field, f"{path}.{name}")
        yield from described(field.get("items", {}), f"{path}.{name}[]")
    for name, field in part.get("$defs", {}).items():
        yield from described(field, f"#{name}")


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(summary_files.schema())


def test_the_published_example_fits_the_schema_and_is_simulated():
    example = json.loads(summary_files.SCHEMA.with_name("summary-1.example.json").read_text("utf-8"))
    summary_files.check(example)
    assert example["gesimuleerd"] is True


def test_every_field_of_the_schema_is_described_in_dutch_and_english():
    fields = dict(described(summary_files.schema()))
    assert len(fields) > 60
    assert [name for name, words in fields.items() if not re.fullmatch("nl: .+ en: .+", words)] == []
