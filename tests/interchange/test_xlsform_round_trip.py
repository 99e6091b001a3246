"""Edition, spreadsheet, edition: equal, for ours and for whatever an item bank can hold."""

from __future__ import annotations

import tempfile
import unicodedata
from pathlib import Path
from typing import Any

from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from instrument import catalogue, editions
from instrument.bank import rules
from instrument.bank.form import BANK
from instrument.catalogue import BankFaults
from instrument.interchange import workbook, xlsform
from instrument.interchange.bank_text import bank_text
from instrument.interchange.xlsform_import import bank_from_xlsx
from instrument.questionnaire import Edition

# Shrinking a bank of this size takes minutes and tells little: the first example is shown as found.
QUICK = settings(deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Cn"}
SIGNS = st.characters(exclude_categories=list(HIDDEN))  # type: ignore[arg-type]
SENTENCES = st.text(SIGNS, min_size=1, max_size=20).filter(str.strip)
ODD = st.text("=+-@'\"\\{}$<>&;%# _x\t漢ע\u200c😀".replace("\t", ""), max_size=8)
NAMES = st.from_regex("[a-z][a-z0-9_]{0,8}", fullmatch=True)
SHARES = st.sampled_from(["2/3", "1/2", "7/9", 1, 0.5, 0.123])


def loaded(text: str) -> Edition:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bank.toml"
        path.write_text(text, "utf-8")
        return catalogue.load(path)


def faults(content: bytes) -> tuple[str, ...]:
    """Return why an .xlsx file is refused; nothing where it is read."""
    try:
        bank_from_xlsx("x.xlsx", content)
    except BankFaults as refusal:
        return refusal.faults
    return ()


def there_and_back(edition: Edition) -> Edition:
    return loaded(bank_from_xlsx("x.xlsx", xlsform.as_xlsx(edition)))


@st.composite
def banks(draw: st.DrawFn) -> dict[str, Any]:
    """Item banks without a fault: odd signs everywhere, scales and modules in turn, conditions on both."""
    languages = draw(st.permutations(["nl", "en", "ar", "xh"]))[: draw(st.integers(1, 3))]
    codes = draw(st.lists(NAMES, min_size=8, max_size=8, unique=True))

    def said(sentences: st.SearchStrategy[str]) -> dict[str, str]:
        return {language: draw(sentences) for language in languages}

    def option_set(code: str, n: int, **more: Any) -> dict[str, Any]:
        values = range(1, n + 1) if more.get("several") else sorted(
            draw(st.lists(st.integers(0, 99), min_size=n, max_size=n, unique=True))
        )  # fmt: skip
        return {"code": code, **more, "option": [{"value": v, "label": said(SENTENCES)} for v in values]}

    period = {"period": dict.fromkeys(languages, "deze week")} if draw(st.booleans()) else {}
    faces = {"faces": True} if not period and draw(st.booleans()) else {}
    one = option_set(codes[0], draw(st.integers(2, 5)), **period, **faces)
    many = option_set(codes[1], draw(st.integers(2, 10)), several=True)
    described = {"title": said(SENTENCES), "legal_question": draw(SENTENCES)}
    explanations = [{"code": code, "title": said(SENTENCES), "text": said(SENTENCES)} for code in codes[4:6]]

    def item(number: int, **more: Any) -> dict[str, Any]:
        asked = said(ODD.map(lambda odd: f"v{number} deze week {odd}?"))
        found = {"code": f"IT{number:02}", **more, "topic": draw(NAMES), "text": asked}
        found |= {"sensitive": draw(st.booleans()), "note": draw(SENTENCES)}
        found |= {"reading_level": draw(st.sampled_from(["A1", "B2"]))} if draw(st.booleans()) else {}
        return found | ({"explanation": draw(st.sampled_from(codes[4:6]))} if draw(st.booleans()) else {})

    first = [
        item(n, scale=codes[2], option_set=codes[0], reversed=not faces and draw(st.booleans()))
        for n in range(1, 4)
    ]
    values = [option["value"] for option in one["option"]]
    on_scale = {
        "any_of": draw(st.permutations(["IT01", "IT02"])),
        "answered": draw(st.permutations(values))[:2],
    }
    on_module = {"any_of": ["IT04"], "answered": draw(st.permutations([1, 2]))}
    items = [
        *first,
        item(4, module=codes[3], option_set=codes[1], reversed=False, visible_if=[on_scale]),
        item(5, scale=codes[2], option_set=codes[0], reversed=False),
        item(6, module=codes[3], option_set=codes[1], reversed=False, visible_if=[on_module, on_scale]),
    ]
    used = {each.get("explanation") for each in items}
    return {
        "code": codes[6], "title": said(SENTENCES), "sector": "vo",
        "leerjaren": sorted(draw(st.sets(st.integers(1, 6), min_size=1))), "languages": list(languages),
        "minimum_answered": draw(SHARES), "scale": [{"code": codes[2], **described}],
        "module": [{"code": codes[3], **described}], "option_set": [one, many],
        "explanation": draw(st.permutations([each for each in explanations if each["code"] in used])),
        "item": items,
    }  # fmt: skip


def test_our_editions_come_back_as_they_went(edition: Edition):
    back = there_and_back(edition)
    assert back == edition
    assert editions.fingerprint(back) == editions.fingerprint(edition)


@settings(QUICK, max_examples=40)
@given(banks())
def test_any_edition_comes_back_as_it_went(bank: dict[str, Any]):
    bank = {key: value for key, value in bank.items() if value}
    checked = BANK("", bank)
    assume(not checked.faults + rules.faults(checked.value))
    edition = loaded(bank_text(bank))
    assert there_and_back(edition) == edition


@settings(QUICK, max_examples=60)
@given(st.data())
def test_any_cell_changed_is_read_or_refused(data: st.DataObject):
    """Never a crash, whatever somebody types in one cell."""
    sheets = xlsform.sheets(catalogue.load(catalogue.bundled()["so_2026"]))
    name = data.draw(st.sampled_from(sorted(sheets)))
    line = data.draw(st.sampled_from(sheets[name]))
    line[data.draw(st.sampled_from(sorted(line)))] = data.draw(
        st.text(max_size=12) | st.sampled_from(sorted(sheets))
    )
    found = faults(workbook.write({each: xlsform._rows(lines) for each, lines in sheets.items()}))
    assert not {"Cc", "Cs"} & {unicodedata.category(sign) for fault in found for sign in fault}


@settings(QUICK, max_examples=60)
@given(st.data())
def test_any_bytes_changed_are_read_or_refused(data: st.DataObject):
    content = xlsform.as_xlsx(catalogue.load(catalogue.bundled()["so_2026"]))
    start = data.draw(st.integers(0, len(content)))
    changed = (
        content[:start] + data.draw(st.binary(max_size=6)) + content[start + data.draw(st.integers(0, 30)) :]
    )
    faults(changed)
