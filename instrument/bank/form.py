"""The form of an item bank file: which keys each table has, and what may stand under them."""

from __future__ import annotations

import re
from typing import Final

from instrument.bank.kinds import (
    Key,
    by_language,
    code,
    list_of,
    sentence,
    share,
    table,
    whole_number,
    yes_or_no,
)

NAME: Final = code(
    re.compile("[a-z][a-z0-9_]{0,39}"),
    "small letters, digits and underscores between quotes (at most 40), starting with a letter",
)
ITEM_CODE: Final = code(
    re.compile("[A-Z]{2}[0-9]{2}"), 'two capitals and two digits between quotes, as in "VB01"'
)
READING_LEVEL: Final = code(
    re.compile("[ABC][12]"), 'a level of the Common European Framework between quotes, as in "A2"'
)
LANGUAGE: Final = code(re.compile("[a-z]{2}"), 'two small letters between quotes, as in "nl"')

SCALE: Final = {
    "code": Key(NAME),
    "title": Key(by_language),
    "legal_question": Key(sentence),
}
MODULE: Final = {
    "code": Key(NAME),
    "title": Key(by_language),
    "legal_question": Key(sentence),
}
OPTION: Final = {
    "value": Key(whole_number),
    "label": Key(by_language),
}
OPTION_SET: Final = {
    "code": Key(NAME),
    "period": Key(by_language, required=False),
    "several": Key(yes_or_no, required=False),
    "faces": Key(yes_or_no, required=False),
    "option": Key(list_of(table(OPTION))),
}
EXPLANATION: Final = {
    "code": Key(NAME),
    "title": Key(by_language),
    "text": Key(by_language),
}
CONDITION: Final = {
    "any_of": Key(list_of(ITEM_CODE)),
    "answered": Key(list_of(whole_number)),
}
ITEM: Final = {
    "code": Key(ITEM_CODE),
    "scale": Key(NAME, required=False),
    "module": Key(NAME, required=False),
    "topic": Key(NAME),
    "text": Key(by_language),
    "option_set": Key(NAME),
    "reversed": Key(yes_or_no),
    "sensitive": Key(yes_or_no),
    "explanation": Key(NAME, required=False),
    "visible_if": Key(list_of(table(CONDITION)), required=False),
    "note": Key(sentence, required=False),
    "reading_level": Key(READING_LEVEL, required=False),
}
EDITION: Final = {
    "code": Key(NAME),
    "title": Key(by_language),
    "sector": Key(NAME),
    "leerjaren": Key(list_of(whole_number)),
    "languages": Key(list_of(LANGUAGE)),
    "minimum_answered": Key(share),
    "scale": Key(list_of(table(SCALE))),
    "module": Key(list_of(table(MODULE)), required=False),
    "option_set": Key(list_of(table(OPTION_SET))),
    "explanation": Key(list_of(table(EXPLANATION)), required=False),
    "item": Key(list_of(table(ITEM))),
}
BANK: Final = table(EDITION)
"""The whole file."""
TEXT_KEYS: Final = frozenset({"title", "text", "label", "period"})
"""The keys that hold a sentence per language."""
