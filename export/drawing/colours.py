"""The colours of our drawings: told apart without colour vision, in grey, and never the only sign."""

from __future__ import annotations

from typing import Final

ANSWERS: Final = ("#8c4a00", "#f0b060", "#b9c7e6", "#1f3f8f")
"""From least to most favourable: orange to blue."""
ON_ANSWERS: Final = ("#ffffff", "#000000", "#000000", "#ffffff")
"""Words on each of these; the contrast is 4.5 to 1 at least."""
MERGED: Final = "#d9d9d9"
"""Several answers taken together, of a sensitive item (D6)."""
BETWEEN: Final = "#ece7dd"
"""The middle one of an odd number of answers."""

_BY_NUMBER: Final = {
    2: (ANSWERS[1], ANSWERS[3]),
    3: (ANSWERS[0], BETWEEN, ANSWERS[3]),
    4: ANSWERS,
    5: (*ANSWERS[:2], BETWEEN, *ANSWERS[2:]),
}


def of_answers(number: int) -> tuple[tuple[str, str], ...]:
    """Return a colour and the colour of words on it for each answer, least favourable first."""
    colours = _BY_NUMBER.get(number) or tuple(
        ANSWERS[round(place * (len(ANSWERS) - 1) / max(number - 1, 1))] for place in range(number)
    )
    words = dict(zip(ANSWERS, ON_ANSWERS, strict=True))
    return tuple((colour, words.get(colour, "#000000")) for colour in colours)
