"""Whatever a file holds, it is an edition or a list of faults, and never a crash."""

from __future__ import annotations

import tempfile
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instrument import catalogue
from instrument.bank import rules
from instrument.bank.form import BANK
from instrument.questionnaire import Edition

SOURCES = [path.read_bytes() for path in catalogue.bundled().values()]
HIDDEN = {"Cc", "Cf", "Zl", "Zp"}
JOINERS = "\u200c\u200d"
MANY = settings(max_examples=300, deadline=None)

NAMES = (
    "code title text nl en label value item scale option_set option period explanation "
    "leerjaren languages minimum_answered reversed sensitive topic sector "
    "module visible_if any_of answered several faces note reading_level legal_question"
)
LEFT_OUT = {"explanation", "visible_if", "several", "faces", "note", "reading_level"}
KEYS = st.one_of(st.sampled_from(NAMES.split()), st.text(max_size=5))
VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(),
        st.floats(),
        st.dates(),
        st.times(),
        st.text(max_size=9),
        st.sampled_from(
            ["po", "nl", "VB01", "welbevinden", "hoe_vaak", "2/3", "9/8", "AT01", "WW01", "omstanders", "A1"]
        ),
        st.just(16).map(lambda base: base**5000),  # a number that Python refuses to print
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=25,
)


def load(content: bytes) -> Edition | tuple[str, ...]:
    """Load a bank with this content; return it or its faults."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bank.toml"
        path.write_bytes(content)
        try:
            return catalogue.load(path)
        except catalogue.BankFaults as refusal:
            return refusal.faults


def check(document: dict[str, Any]) -> tuple[str, ...]:
    """Return the faults of a document that was read already."""
    checked = BANK("", document)
    return checked.faults + rules.faults(checked.value)


def places(value: object) -> list[tuple[Any, Any]]:
    """Return every (container, key) in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, element in list(inner) for found in [(value, key), *places(element)]]


@MANY
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_faults(content: bytes) -> None:
    """A photograph with the name of a bank is a fault, too."""
    faults = load(content)
    assert isinstance(faults, tuple)
    assert all(fault.startswith("bank.toml: ") for fault in faults)
    assert faults


@MANY
@given(st.data())
def test_a_bank_with_bytes_changed_is_read_or_refused(data: st.DataObject) -> None:
    """A slip of the editor anywhere in the file."""
    source = data.draw(st.sampled_from(SOURCES))
    start = data.draw(st.integers(0, len(source)))
    length = data.draw(st.integers(0, 30))
    load(source[:start] + data.draw(st.binary(max_size=6)) + source[start + length :])


@MANY
@given(st.dictionaries(KEYS, VALUES, max_size=8))
def test_any_structure_is_refused_with_faults(document: dict[str, Any]) -> None:
    """Right keys with wrong things under them, at any depth."""
    faults = check(document)
    assert faults
    assert not HIDDEN & {unicodedata.category(sign) for sign in "".join(faults) if sign not in JOINERS}


@MANY
@given(st.data())
def test_a_bank_with_one_value_replaced_is_read_or_refused(data: st.DataObject) -> None:
    """Nearly right is where rules that lean on one another break."""
    document = tomllib.loads(data.draw(st.sampled_from(SOURCES)).decode())
    container, key = data.draw(st.sampled_from(places(document)))
    container[key] = data.draw(VALUES)
    check(document)


@MANY
@given(st.data())
def test_a_key_that_is_missing_is_always_noticed(data: st.DataObject) -> None:
    """But for those that may be left out, and for one option or condition of several."""
    document = tomllib.loads(data.draw(st.sampled_from(SOURCES)).decode())
    keys = [
        (container, key)
        for container, key in places(document)
        if isinstance(container, dict) and key not in LEFT_OUT
    ]
    container, key = data.draw(st.sampled_from(keys))
    del container[key]
    assert check(document)
