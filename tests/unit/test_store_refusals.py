from __future__ import annotations

import re
from pathlib import Path

from instrument import store
from instrument.store.refusals import Refused, sentences

SOURCE = "".join(file.read_text("utf-8") for file in Path(store.__path__[0]).rglob("*.py"))


def test_every_reason_has_a_sentence_and_every_sentence_a_reason() -> None:
    """A reason code alone tells nobody what to do."""
    raised = set(re.findall(r'Refused\(\s*"(\w+)"', SOURCE)) | {"used_code", "fault"}
    assert raised == set(sentences())


def test_a_sentence_is_filled_in_from_the_detail() -> None:
    """The number makes the remedy."""
    assert "wait 7 seconds" in str(Refused("slow_down", {"retry_after": 7}))


def test_a_sentence_without_its_detail_is_still_a_sentence() -> None:
    """An older broker may leave something out."""
    assert "(retry_after not given)" in str(Refused("slow_down"))


def test_an_unknown_reason_is_shown_as_it_is() -> None:
    """A newer broker may know more reasons."""
    assert str(Refused("moon_in_the_way")) == "moon_in_the_way"
