"""A research file for SPSS (.sav): labels, -1 and -2 as user-missing, the facts as its document."""

from __future__ import annotations

import re
import tempfile
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyreadstat

from export.account.file_forms import Content, unreadable
from export.account.research_data import BACKGROUND, CLASSES
from instrument.interchange.spss import LONGEST_LABEL, LONGEST_VALUE_LABEL
from instrument.interchange.words import non_substantive
from instrument.questionnaire import NON_SUBSTANTIVE

if TYPE_CHECKING:
    from instrument.questionnaire import Edition, Item

NOTE_LINE: Final = 80
"""Bytes of one line of an SPSS document; what is longer is refused."""
CREATED: Final = slice(92, 109)
"""Where the header keeps day and time of writing; a clock would give equal data other bytes."""
DAY: Final = b"01 Jan 2600:00:00"
_WHOLE_CODE: Final = "F3.0"


def encoded(content: Content, edition: Edition) -> bytes:
    """Return the bytes of the file; labels are in the edition's first language."""
    with tempfile.TemporaryDirectory(prefix="weerglas-") as folder:
        path = Path(folder) / "answers.sav"
        codes = content.rows.select_dtypes("number").columns
        rows = content.rows.astype(
            dict.fromkeys(codes, "float64")
        )  # pyreadstat is slow on pandas' own integers
        pyreadstat.write_sav(rows, path, **_dictionary(content, edition))
        whole = bytearray(path.read_bytes())
    whole[CREATED] = DAY
    return bytes(whole)


def decoded(path: Path) -> Content:
    """Return facts and codes; user-missing codes are kept, for they are answers."""
    try:
        rows, dictionary = pyreadstat.read_sav(path, user_missing=True)
    except (pyreadstat.ReadstatError, OSError, UnicodeDecodeError, ValueError) as fault:
        raise unreadable(path, fault) from fault
    text_columns = [name for name in (BACKGROUND[0], CLASSES) if name in rows]
    rows[text_columns] = rows[text_columns].astype(str).replace("", None)
    return Content([line.rstrip() for line in dictionary.notes or ()], rows)


def _dictionary(content: Content, edition: Edition) -> dict[str, Any]:
    language = edition.languages[0]
    items = [item for item in edition.scored if item.code in content.rows]
    codes = [item.code for item in items]
    return {
        "file_label": _cut(edition.title[language], 64),
        "column_labels": {**_background(content), **{each.code: _label(each, language) for each in items}},
        "variable_value_labels": {item.code: _values(edition, item, language) for item in items},
        "missing_ranges": {code: sorted(NON_SUBSTANTIVE) for code in codes},
        "variable_measure": {
            **dict.fromkeys(_background(content), "nominal"),
            **dict.fromkeys(codes, "ordinal"),
        },
        "variable_format": dict.fromkeys([*codes, "leerjaar"], _WHOLE_CODE),
        "note": [line for fact in content.facts for line in _lines(fact)],
    }


def _background(content: Content) -> dict[str, str]:
    return {name: label for name, label in texts()["variables"].items() if name in content.rows}


@cache
def texts() -> dict[str, Any]:
    """Return the words around the codes."""
    return tomllib.loads((Path(__file__).parent / "texts" / "research_file.toml").read_text("utf-8"))


def _label(item: Item, language: str) -> str:
    return _cut(item.text[language], LONGEST_LABEL)


def _values(edition: Edition, item: Item, language: str) -> dict[int, str]:
    outside = {value: label[language] for value, label in non_substantive(edition).items()}
    chosen = {option.value: option.label[language] for option in item.option_set.options}
    return {value: _cut(label, LONGEST_VALUE_LABEL) for value, label in (chosen | outside).items()}


def _cut(text: str, longest: int) -> str:
    return text.encode()[:longest].decode(errors="ignore")


def _lines(fact: str) -> list[str]:
    """Break a long string over lines as TOML allows: a backslash joins them again."""
    if len(fact.encode()) <= NOTE_LINE:
        return [fact]
    key, value = fact.split(" = ", 1)
    pieces = _pieces(value[1:-1], NOTE_LINE - 1)
    return [f'{key} = """\\', *(f"{piece}\\" for piece in pieces), '"""']


def _pieces(text: str, longest: int) -> list[str]:
    """Cut before a sign that is no space, for those a new line would swallow, and never inside an escape."""
    signs = re.findall(r"(?:\\.|[^\s\\])\s*", text)
    pieces = [""]
    for sign in signs:
        if len((pieces[-1] + sign).encode()) > longest:
            pieces.append("")
        pieces[-1] += sign
    return pieces
