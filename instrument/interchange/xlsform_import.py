"""From an XLSForm to an item bank: reads what people write in Excel, and names every fault by its cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from instrument.bank import rules
from instrument.bank.form import BANK, EDITION
from instrument.catalogue import BankFaults
from instrument.interchange import relevance, workbook
from instrument.interchange.bank_text import bank_text
from instrument.interchange.xlsform import EXPLANATION, MODULE, MODULES, OPTION_SETS, OWN, SCALES
from instrument.interchange.xlsform_cells import Cells
from instrument.questionnaire import NON_SUBSTANTIVE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from instrument.interchange.workbook import Line

_DECIMAL: Final = re.compile(r"[01]\.\d{1,20}|1")
_WHOLE: Final = re.compile(r"-?\d{1,6}")
_YES: Final = {
    "yes": True, "true": True, "ja": True, "waar": True,
    "no": False, "false": False, "nee": False, "onwaar": False,
}  # fmt: skip
_SELECT: Final = {"select_one": False, "select_multiple": True}
_EDITION: Final = {
    "code": "form_id", "sector": f"{OWN}sector", "minimum_answered": f"{OWN}minimum_answered",
    "leerjaren": f"{OWN}leerjaren", "languages": f"{OWN}languages",
}  # fmt: skip
_DESCRIBED: Final = {"code": "code", "legal_question": "legal_question"}
_ITEM: Final = {
    "code": "name", "scale": f"{OWN}scale", "module": f"{OWN}module", "topic": f"{OWN}topic",
    "reversed": f"{OWN}reversed", "sensitive": f"{OWN}sensitive", "explanation": f"{OWN}explanation",
    "reading_level": f"{OWN}reading_level", "note": f"{OWN}note",
}  # fmt: skip
_TYPES: Final = "select_one LIST, select_multiple LIST, note, begin_group or end_group"


def bank_from_xlsx(name: str, content: bytes) -> str:
    """Return the TOML text of the bank in an .xlsx file; the text passes `weerglas bank check`.

    Raises:
        BankFaults: with every fault at once, each with its sheet, cell and remedy.
    """
    cells = Cells(workbook.read(name, content))
    bank = _bank(cells)
    faults = [*cells.faults]
    if not faults:
        checked = BANK("", bank)
        faults = [cells.with_cells(fault) for fault in checked.faults + rules.faults(checked.value)]
    if faults:
        raise BankFaults(tuple(f"{name}: {fault}" for fault in faults))
    return bank_text(bank)


def _bank(cells: Cells) -> dict[str, Any]:
    """Return the bank as far as it can be read; what cannot is among the faults of the cells."""
    cells.check_heads()
    cells.places |= {"option_set": "sheet choices", "explanation": "sheet survey", "item": "sheet survey"}
    found = {
        **_settings(cells),
        "scale": _described(cells, SCALES, "scale"),
        "module": _described(cells, MODULES, "module"),
        "option_set": _option_sets(cells),
        "explanation": _explanations(cells),
        "item": _items(cells),
    }
    return {key: found[key] for key in EDITION if found.get(key)}


def _settings(cells: Cells) -> dict[str, Any]:
    if not cells.lines("settings"):
        remedy = 'add this sheet with "form_id" and the code of the edition below it'
        cells.faults.append(f"settings: is missing or empty; {remedy}")
        return {}
    line = cells.lines("settings")[0]
    found = cells.keys("", line, _EDITION)
    cells.places["title"] = line.place("form_title")
    title = cells.texts("title", line, f"{OWN}title")
    languages = found.get("languages", "").split() or cells.languages()
    if not title and languages and line.get("form_title"):
        title = {cells.default_language() or languages[0]: line.get("form_title")}
    if _DECIMAL.fullmatch(found.get("minimum_answered", "")):
        found["minimum_answered"] = float(found["minimum_answered"])
    leerjaren = [_number(word) for word in re.split(r"[\s,;]+", found.get("leerjaren", "")) if word]
    return {**found, "title": title, "languages": languages, "leerjaren": leerjaren}


def _described(cells: Cells, sheet: str, key: str) -> list[dict[str, Any]]:
    """Read the scales, or the modules."""
    cells.places[key] = f"sheet {sheet}"
    found = []
    for number, line in enumerate(cells.lines(sheet), start=1):
        place = f"{key}[{number}]"
        entry = {**cells.keys(place, line, _DESCRIBED), "title": cells.texts(f"{place}.title", line, "title")}
        found.append(_without_empty(entry))
    return found


def _explanations(cells: Cells) -> list[dict[str, Any]]:
    """Read the notes in the order of the bank, which need not be that of the survey."""
    notes = [line for line in cells.lines("survey") if line.get("type").strip() == "note"]
    orders = [_number(line.get(f"{OWN}order")) for line in notes]
    ranked = sorted(range(len(notes)), key=lambda n: orders[n] if isinstance(orders[n], int) else n)
    found = []
    for number, line in enumerate((notes[n] for n in ranked), start=1):
        place = f"explanation[{number}]"
        entry = {
            "code": cells.keys(place, line, {"code": "name"}).get("code", "").removeprefix(EXPLANATION),
            "title": cells.texts(f"{place}.title", line, "label"),
            "text": cells.texts(f"{place}.text", line, "hint"),
        }
        found.append(_without_empty(entry))
    return found


def _items(cells: Cells) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    groups: list[str] = []
    for line in cells.lines("survey"):
        kind = line.get("type").replace(" group", "_group").split()
        if kind and kind[0] in _SELECT:
            items.append(_item(cells, f"item[{len(items) + 1}]", line, groups))
        elif kind == ["begin_group"]:
            groups.append(line.get(f"{OWN}module") or line.get("name").removeprefix(MODULE))
            _refuse_conditional_group(cells, line)
        elif kind == ["end_group"] and groups:
            groups.pop()
        elif kind != ["note"]:
            shown = " ".join(kind)[:40]
            cells.faults.append(f'{line.place("type")}: "{shown}" has no place here; use {_TYPES}')
    if groups:
        cells.faults.append(f'survey: the group "{groups[-1][:40]}" has no end; add a row end_group')
    return items


def _refuse_conditional_group(cells: Cells, line: Line) -> None:
    if line.get("relevant"):
        remedy = "write it at each question of the group"
        cells.faults.append(f"{line.place('relevant')}: a group has no condition here; {remedy}")


def _item(cells: Cells, place: str, line: Line, groups: Sequence[str]) -> dict[str, Any]:
    found = cells.keys(place, line, _ITEM)
    cells.places |= {f"{place}.option_set": line.place("type"), f"{place}.visible_if": line.place("relevant")}
    if groups and "scale" not in found:
        found.setdefault("module", groups[-1])
    for key in ("reversed", "sensitive"):
        if key in found:
            found[key] = _yes(cells, line, found[key], OWN + key)
    return {
        **found,
        "option_set": line.get("type").partition(" ")[2].strip(),
        "text": cells.texts(f"{place}.text", line, "label"),
        **_conditions(cells, line),
    }


def _yes(cells: Cells, line: Line, text: str, head: str) -> bool:
    if text.lower() not in _YES:
        cells.faults.append(f"{line.place(head)}: is neither yes nor no; write yes or no")
    return _YES.get(text.lower(), False)


def _conditions(cells: Cells, line: Line) -> dict[str, Any]:
    if not line.get("relevant").strip():
        return {}
    try:
        return {"visible_if": relevance.conditions(line.get("relevant"))}
    except relevance.RelevanceError as fault:
        cells.faults.append(f"{line.place('relevant')}: {fault}")
        return {}


def _option_sets(cells: Cells) -> list[dict[str, Any]]:
    described = {line.get("list_name").strip(): line for line in cells.lines(OPTION_SETS)}
    several = _several(cells)
    found: dict[str, dict[str, Any]] = {}
    for line in cells.lines("choices"):
        code, value = line.get("list_name").strip(), _number(line.get("name"))
        if value in NON_SUBSTANTIVE:
            continue  # every question offers them
        if code not in found:
            place = f"option_set[{len(found) + 1}]"
            found[code] = cells.keys(place, line, {"code": "list_name"})
            found[code] |= _kind(cells, place, described.get(code)) | several.get(code, {}) | {"option": []}
        place = f"option_set[{list(found).index(code) + 1}].option[{len(found[code]['option']) + 1}]"
        cells.keys(place, line, {"value": "name"})
        found[code]["option"].append({"value": value, "label": cells.texts(f"{place}.label", line, "label")})
    return list(found.values())


def _kind(cells: Cells, place: str, line: Line | None) -> dict[str, Any]:
    if line is None:
        return {}
    period = cells.texts(f"{place}.period", line, "period")
    faces = cells.keys(place, line, {"faces": "faces"}).get("faces", "no")
    return ({"period": period} if period else {}) | (
        {"faces": True} if _yes(cells, line, faces, "faces") else {}
    )


def _several(cells: Cells) -> dict[str, dict[str, bool]]:
    """Tell of each list whether several of it may be chosen."""
    found: dict[str, bool] = {}
    for line in cells.lines("survey"):
        kind, _, code = line.get("type").partition(" ")
        if kind in _SELECT and found.setdefault(code.strip(), _SELECT[kind]) != _SELECT[kind]:
            remedy = "take select_one or select_multiple everywhere, or make a list of its own"
            cells.faults.append(f'{line.place("type")}: "{code.strip()}" is asked in two ways; {remedy}')
    return {code: {"several": True} for code, several in found.items() if several}


def _without_empty(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value}


def _number(text: str) -> int | str:
    return int(text) if _WHOLE.fullmatch(text.strip()) else text
