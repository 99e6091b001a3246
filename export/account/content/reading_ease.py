"""How easily a Dutch text reads, by Flesch-Douma; an indication, for it was made for whole texts.

W. H. Douma (1960), De leesbaarheid van landbouwbladen, fitted Flesch's index to Dutch: 206.835 - 0.93 words
per sentence - 77 syllables per word. From 80 a text is called easy, from 70 rather easy. textstat has it too,
but brings nltk and an English dictionary, and counts one syllable in "avond"; so the formula stands here, and
syllables come from pyphen (the hyphenation patterns of LibreOffice).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import pyphen

if TYPE_CHECKING:
    from collections.abc import Iterable

WITHOUT: Final = 206.835
PER_WORD_OF_A_SENTENCE: Final = 0.93
PER_SYLLABLE_OF_A_WORD: Final = 77.0

_WORD: Final = re.compile(r"[^\W\d_]+(?:[\u2019'-][^\W\d_]+)*")
_SENTENCE: Final = re.compile(r"[.!?]+")
_VOWELS: Final = re.compile("[aeiouyàáâäèéêëìíîïòóôöùúûü]+")


class ReadingEaseError(ValueError):
    """A text without a word has no reading ease."""


@dataclass(frozen=True, slots=True)
class ReadingEase:
    """The index (0 to 100; outside that for a very short text) with the counts it is made of."""

    index: float
    n_words: int
    n_sentences: int
    n_syllables: int


def reading_ease(texts: Iterable[str]) -> ReadingEase:
    """Return the reading ease of Dutch texts together.

    Example:
        >>> round(reading_ease(["Hoe veilig voel jij je tijdens de les?"]).index, 1)
        103.2
    """
    known = list(texts)
    found = [word for text in known for word in _WORD.findall(text)]
    if not found:
        raise ReadingEaseError("text: holds no word; give at least one sentence")
    n_sentences = sum(max(1, len([part for part in _SENTENCE.split(text) if part.strip()])) for text in known)
    n_syllables = sum(map(syllables, found))
    return ReadingEase(
        index=WITHOUT
        - PER_WORD_OF_A_SENTENCE * len(found) / n_sentences
        - PER_SYLLABLE_OF_A_WORD * n_syllables / len(found),
        n_words=len(found),
        n_sentences=n_sentences,
        n_syllables=n_syllables,
    )


def syllables(word: str) -> int:
    """Count the syllables of a Dutch word.

    Example:
        >>> [syllables(word) for word in ("avond", "discriminatie", "zeeën")]
        [2, 5, 2]
    """
    lowered = word.lower()
    # a hyphen never leaves one letter behind ("avond"), and vowels that meet hide a border ("zeeën"): the
    # larger of the two counts sees both
    return max(len(_patterns().positions(lowered)) + 1, len(_VOWELS.findall(lowered)))


@cache
def _patterns() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="nl_NL")
