from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instrument.deelnamecode import ALPHABET, LENGTH, MalformedCode, generate, normalise, spell

codes = st.builds(generate).map(normalise)


@given(codes)
def test_a_generated_code_reads_back_as_itself(code: str) -> None:
    """What is printed can be typed."""
    assert normalise(spell(code)) == code


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_every_single_typo_is_noticed(code: str, place: int, sign: str) -> None:
    """One wrong sign never becomes another pupil's code."""
    typed = code[:place] + sign + code[place + 1 :]
    if typed != code:
        with pytest.raises(MalformedCode):
            normalise(typed)


@given(codes, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_every_swap_of_two_signs_is_noticed(code: str, first: int, second: int) -> None:
    """Neighbours swap most, but any two signs in the wrong place are seen."""
    signs = list(code)
    signs[first], signs[second] = signs[second], signs[first]
    if (typed := "".join(signs)) != code:
        with pytest.raises(MalformedCode):
            normalise(typed)


@given(st.text())
def test_any_text_is_a_code_or_refused(text: str) -> None:
    """Nothing that can be typed breaks the reader."""
    with suppress(MalformedCode):
        assert len(normalise(text)) == LENGTH
