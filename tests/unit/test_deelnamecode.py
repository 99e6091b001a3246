from __future__ import annotations

import re

import pytest

from instrument import deelnamecode
from instrument.deelnamecode import MalformedCode


def test_a_code_is_printed_in_three_groups_of_four() -> None:
    """A child copies four signs at a time without losing its place."""
    sign = f"[{deelnamecode.ALPHABET}]"
    assert re.fullmatch(f"{sign}{{4}}-{sign}{{4}}-{sign}{{4}}", deelnamecode.generate())


def test_the_alphabet_has_no_vowels_and_no_lookalikes() -> None:
    """No code spells a word, and no sign is read as another (0/O, 1/I/L, 5/S, 2/Z, 8/B, 6/G, V/U)."""
    assert len(set(deelnamecode.ALPHABET)) == 17
    assert not set(deelnamecode.ALPHABET) & set("AEIOUYV015S2Z86GLQ")


def test_case_spaces_and_dashes_do_not_matter() -> None:
    """A child types what it sees, and a tablet puts in dashes of its own."""
    code = deelnamecode.generate()
    bare = code.replace("-", "")
    for typed in (bare, bare.lower(), f"  {bare[:4]} {bare[4:8]}\t{bare[8:]}\n", code.replace("-", "–")):  # noqa: RUF001 - a tablet types it
        assert deelnamecode.normalise(typed) == bare
    assert deelnamecode.spell(bare) == code


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "12 signs, not 0"),
        ("BCDF-HJKM-NPR", "12 signs, not 11"),
        ("BCDF-HJKM-NPRA", "only the signs"),
        ("BBBB-BBBB-BBBC", "do not fit together"),
    ],
)
def test_a_malformed_code_is_refused_with_its_fault(typed: str, fault: str) -> None:
    """The sentence tells what to look at on the slip."""
    with pytest.raises(MalformedCode, match=fault):
        deelnamecode.normalise(typed)


def test_a_refusal_does_not_repeat_the_code() -> None:
    """A mistyped code is nearly a code: it must not reach a log through an error."""
    with pytest.raises(MalformedCode) as refusal:
        deelnamecode.normalise("BBBB-BBBB-BBBC")
    assert "BBB" not in str(refusal.value).replace(deelnamecode.ALPHABET, "")


def test_codes_do_not_repeat() -> None:
    """Of 17 ** 11 codes, ten thousand drawn ones collide once in half a million times."""
    assert len({deelnamecode.generate() for _ in range(10_000)}) == 10_000
