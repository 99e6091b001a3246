"""An instrument with scales of its own is judged too; what needs ours says niet van toepassing."""

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from export.account import collected, notebooks, paper, research_file
from tests.account.conftest import bundle

OURS = Path(__file__).parents[1] / "golden" / "data" / "syn_po16.csv"
SCALES = {"rust": ["V1", "V2", "V3", "V4"], "plezier": ["W1", "W2", "W3", "W4"]}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The whole account of two scales that are not ours, without schools, with everyone asked twice."""
    folder = tmp_path_factory.mktemp("foreign")
    rows = pd.read_csv(OURS).head(600)
    items = [item for items in SCALES.values() for item in items]
    later = rows[items].add_suffix("_later")
    pd.concat([rows[items], later], axis="columns").to_csv(folder / "pilot.csv", index=False)
    known = "lowest = 1\nhighest = 5\n"
    scales = "".join(f'[[scale]]\ncode = "{code}"\ntitle = "Schaal {code}"\n{known}' for code in SCALES)
    parts = "".join(
        f'[[item]]\ncode = "{item}"\ncolumn = "{item}"\nsecond = "{item}_later"\nscale = "{scale}"\n'
        for scale, own in SCALES.items()
        for item in own
    )
    head = 'file = "pilot.csv"\nsource = "proef"\ndated = 2026-05-29\nsimulated = true\nleerjaar = 8\n'
    instrument = '[instrument]\ncode = "proef"\ntitle = "Proef"\n'
    (folder / "pilot.toml").write_text(head + instrument + scales + parts, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(research_file.VARIABLE, str(folder / "pilot.toml"))
        return {name: bundle(name) for name in notebooks.OF_THE_EVIDENCE}


def blocks(account: dict[str, Any], part: str) -> list[dict[str, Any]]:
    """Return every table of a part."""
    found = [block for one in account.values() for section in one["sections"].values() for block in section]
    inner = [block if block["kind"] == "table" else block["table"] for block in found]
    return [block for block in inner if block["part"] == part]


def test_its_scales_are_judged(account):
    facts = collected.of_findings(account).facts
    assert [scale["scale"] for scale in facts["items"]] == list(SCALES)
    judged = {(one["measure"], one["subject"]): one["verdict"] for one in facts["verdicts"]}
    for scale in ("Schaal rust", "Schaal plezier"):
        for measure in ("reliability", "omega", "retest", "item_rest", "loading"):
            assert judged[measure, scale] in {"goed", "voldoende", "onvoldoende"}, (measure, scale)
    assert judged["retest", "Schaal rust"] == "goed"
    assert [verdict for (measure, _), verdict in judged.items() if measure == "htmt"] == ["goed"]


def test_what_needs_our_scales_does_not_apply(account):
    for part in ("predictions", "events"):
        assert [block["rows"][0][0] for block in blocks(account, part)] == ["niet van toepassing"]
    shown = blocks(account, "item_statistics")
    captions = {block["caption"].split(":")[0]: block["rows"][0][0] for block in shown}
    assert captions["Aantasting"] == "niet van toepassing"
    assert captions["Schaal rust"] == "V1"


def test_without_schools_intervals_say_so(account):
    """EIS-C: a file that does not tell schools has no errors over schools, and no verdict on them."""
    assert "los van elkaar" in blocks(account, "omega")[0]["note"]
    assert "los van elkaar" in blocks(account, "fit")[0]["note"]
    facts = collected.of_findings(account).facts
    of_schools = [one["verdict"] for one in facts["verdicts"] if one["measure"] == "school_mean"]
    assert of_schools == ["te weinig gegevens"] * 2


def test_its_document_can_be_set(account):
    facts = collected.of_findings(account).facts
    sections = {name: found for one in account.values() for name, found in one["sections"].items()}
    known = paper.paper(facts, {**sections, "claims": [], "verdicts": []}, code="sha256:0")
    assert paper.as_pdf(known).startswith(b"%PDF")
    assert os.environ.get(research_file.VARIABLE) is None
