from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from instrument.store.drafts import Draft, seal, unseal
from instrument.store.keys import Effort, Keys

KEYS = Keys(b"s" * 32, effort=Effort(memory_kib=8, passes=1)).of_code("BCDFHJKMNPR3", b"salt of 16 bytes")
OTHER = Keys(b"s" * 32, effort=Effort(memory_kib=8, passes=1)).of_code("BCDFHJKMNPR4", b"salt of 16 bytes")
DRAFT = Draft().with_answer("a", 0, "VB01", 3)


def test_a_draft_comes_back_with_its_code() -> None:
    """Resuming on another device needs the slip and nothing else."""
    assert unseal(seal(DRAFT, "afname", KEYS), "afname", KEYS) == DRAFT


def test_a_draft_does_not_open_with_another_code() -> None:
    """Who has the store and the secret, but not the slip, reads no draft."""
    with pytest.raises(InvalidTag):
        unseal(seal(DRAFT, "afname", KEYS), "afname", OTHER)


def test_a_draft_does_not_open_in_another_afname() -> None:
    """A draft that was copied to another row is noticed."""
    with pytest.raises(InvalidTag):
        unseal(seal(DRAFT, "afname", KEYS), "another", KEYS)


def test_a_changed_byte_is_noticed() -> None:
    """A draft is whole or refused."""
    sealed = bytearray(seal(DRAFT, "afname", KEYS))
    sealed[40] ^= 1
    with pytest.raises(InvalidTag):
        unseal(bytes(sealed), "afname", KEYS)


def test_the_length_of_a_draft_does_not_tell_how_much_was_answered() -> None:
    """Answered items could be counted from outside otherwise."""
    full = DRAFT
    for number in range(12):
        full = full.with_answer("a", number + 1, f"VB{number:02d}", 2)
    assert len(seal(full, "afname", KEYS)) == len(seal(DRAFT, "afname", KEYS))


def test_the_same_draft_is_sealed_differently_each_time() -> None:
    """A repeated nonce would open both."""
    assert seal(DRAFT, "afname", KEYS) != seal(DRAFT, "afname", KEYS)


def test_an_answer_sent_twice_is_kept_once() -> None:
    """A lost acknowledgement makes the page send again, maybe after another tab changed the answer."""
    changed = DRAFT.with_answer("b", 0, "VB01", 1)
    assert changed.with_answer("a", 0, "VB01", 3) is changed


def test_an_older_number_does_not_undo_a_newer_answer() -> None:
    """Two ways to the server may overtake each other."""
    newer = DRAFT.with_answer("a", 5, "VB01", 4)
    assert newer.with_answer("a", 3, "VB01", 1).answers == {"VB01": 4}


def test_a_late_answer_to_another_item_is_not_lost() -> None:
    """Overtaken is not superseded: the lower number belongs to another question."""
    newer = DRAFT.with_answer("a", 5, "VB01", 4)
    assert newer.with_answer("a", 3, "VB02", 2).answers == {"VB01": 4, "VB02": 2}


def test_the_last_session_wins_an_item() -> None:
    """Two tabs of one pupil: what was chosen last holds, whatever each counts."""
    assert DRAFT.with_answer("a", 9, "VB01", 2).with_answer("b", 0, "VB01", 1).answers == {"VB01": 1}


def test_an_answer_can_be_cleared() -> None:
    """Nothing is obligatory."""
    assert DRAFT.with_answer("a", 1, "VB01", None).answers == {}


def test_a_draft_remembers_only_the_last_sessions() -> None:
    """Logging in a thousand times must not make a draft grow for ever."""
    draft = DRAFT
    for number in range(1000):
        draft = draft.with_answer(f"s{number}", 0, "VB01", 2)
    assert len(draft.seen) == 8
    assert "s999" in draft.seen


def test_the_keys_of_a_code_say_nothing_of_each_other() -> None:
    """Tags lie in the store; the key of the draft must not follow from them."""
    values = {KEYS.code_tag, KEYS.spent_tag, KEYS.draft_tag, KEYS.draft_key[:16], KEYS.draft_key[16:]}
    assert len(values) == 5


def test_keys_do_not_show_themselves() -> None:
    """What is printed by accident must not open a draft; nor show an answer."""
    assert repr(KEYS) == "CodeKeys()"
    assert repr(DRAFT) == "Draft()"


def test_the_default_effort_makes_guessing_dear() -> None:
    """OWASP's minimum for argon2id: 19 MiB, two passes."""
    assert Effort() == Effort(memory_kib=19 * 1024, passes=2)
