"""What leaves: the manifest and its schema, parcels, the spreadsheet, and words that promise nothing."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl

from export.levering import adapter, summary_files
from export.levering.adapter import Origin
from export.levering.parcel import Parcel
from tests.unit.test_summary_schema import described

SCHEMA = summary_files.HERE / "schema"
EXAMPLE: dict[str, Any] = json.loads((SCHEMA / "summary-1.example.json").read_text("utf-8"))
ORIGIN = Origin(12, f"sha256:{'5d' * 32}", "c3" * 32)


def test_the_manifest_has_a_published_schema_and_an_example_that_fits_it() -> None:
    jsonschema.Draft202012Validator.check_schema(adapter.manifest_schema())
    example = json.loads((SCHEMA / "manifest-1.example.json").read_text("utf-8"))
    jsonschema.validate(example, adapter.manifest_schema(), cls=jsonschema.Draft202012Validator)
    assert example["gesimuleerd"] is True
    assert example["manifest_version"] == adapter.MANIFEST_VERSION


def test_every_field_of_the_manifest_is_described_in_dutch_and_english() -> None:
    fields = dict(described(adapter.manifest_schema()))
    assert len(fields) > 20
    assert [name for name, words in fields.items() if "nl: " not in words or " en: " not in words] == []


def test_the_same_summary_gives_the_same_parcel() -> None:
    """Its name follows from its content: who sends twice sends one thing."""
    first, second = (adapter.parcel(EXAMPLE, ORIGIN) for _ in range(2))
    assert first.name == second.name
    assert first.pack() == second.pack()
    other = adapter.parcel(EXAMPLE, Origin(13, ORIGIN.grootboek_hash, ORIGIN.sleutel))
    assert other.name != first.name


def test_a_parcel_is_unpacked_as_it_was_packed() -> None:
    parcel = Parcel("name", {"a.json": b"{}", "b.pdf": bytes(range(256)) * 9})
    assert Parcel.unpack("name", parcel.pack()) == parcel


def test_the_spreadsheet_says_what_the_csv_says_and_runs_nothing() -> None:
    """A school whose name looks like a formula stays a name."""
    summary = {**EXAMPLE, "schoolnaam": '=HYPERLINK("http://x";"y")'}
    book = openpyxl.load_workbook(io.BytesIO(summary_files.as_xlsx(summary)))
    rows = {row[0].value: row[1] for row in book.active.iter_rows()}
    assert rows["schoolnaam"].data_type == "s"
    assert rows["indicator[1].gemiddelde"].value == EXAMPLE["indicator"][0]["gemiddelde"]
    assert rows["toestemming.akkoord_bevoegd_gezag.akkoord"].value == "ja"
    assert "klas" not in " ".join(map(str, rows))


def test_a_suppressed_indicator_is_marked_in_every_form() -> None:
    shown = json.loads(json.dumps(EXAMPLE))
    shown["indicator"][2] |= {"gemiddelde": None, "n_geldig": None, "onderdrukt": "te weinig leerlingen"}
    summary_files.check(shown)
    assert b"te weinig leerlingen" in summary_files.as_csv(shown)
    book = openpyxl.load_workbook(io.BytesIO(summary_files.as_xlsx(shown)))
    assert "te weinig leerlingen" in [row[1].value for row in book.active.iter_rows()]


def test_nothing_of_ours_calls_itself_official() -> None:
    """No public description of a format exists; ours is ours (DOMAIN)."""
    ours = [*SCHEMA.glob("*.json"), *(summary_files.HERE / "texts").glob("*.toml")]
    words = " ".join(file.read_text("utf-8").lower() for file in ours)
    assert [word for word in ("officieel", "official", "volledig anoniem") if word in words] == []


def test_only_the_adapter_knows_what_is_delivered() -> None:
    """The one module to change when there is an agreement with the inspectorate."""
    sources = {path.stem: path.read_text("utf-8") for path in Path(adapter.__file__).parent.glob("*.py")}
    users = {name for name, source in sources.items() if "as_pdf" in source or "as_xlsx" in source}
    assert users == {"adapter", "summary_files"}
