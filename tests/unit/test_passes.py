"""A pupil's pass: outlives the broker, opens nothing else, and is over after a school day."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import pytest

from instrument.store import broker, client
from instrument.store.keys import KEY_BYTES, TAG_BYTES, CodeKeys
from instrument.store.passes import VALID_SECONDS, Pass, Passes
from tests.unit.conftest import QUICK, open_afname

KEY = secrets.token_bytes(KEY_BYTES)
TAGS = [secrets.token_bytes(length) for length in (TAG_BYTES, TAG_BYTES, TAG_BYTES, KEY_BYTES)]
CONTENT = Pass(secrets.token_hex(16), CodeKeys(*TAGS), secrets.token_hex(4))


def test_another_broker_of_the_same_folder_opens_it() -> None:
    """That is what it is for: the first one was killed."""
    assert Passes(KEY).open(Passes(KEY).seal(CONTENT)) == CONTENT


def test_another_folder_does_not() -> None:
    """A pass of one school's server is no pass at another."""
    assert Passes(secrets.token_bytes(KEY_BYTES)).open(Passes(KEY).seal(CONTENT)) is None


def test_it_is_over_after_a_school_day() -> None:
    """A laptop left in a cupboard is no open questionnaire."""
    now = [1_000_000.0]
    passes = Passes(KEY, clock=lambda: now[0])
    sealed = passes.seal(CONTENT)
    now[0] += VALID_SECONDS + 1
    assert passes.open(sealed) is None


@pytest.mark.parametrize("text", ["", "x", "é", "A" * 182, "..//", "A" * 100_000])
def test_what_is_no_pass_opens_nothing(text: str) -> None:
    """Cookies come from strangers."""
    assert Passes(KEY).open(text) is None


def test_no_bit_of_it_can_be_changed() -> None:
    """Each turned bit makes it no pass at all."""
    sealed = bytearray(base64.urlsafe_b64decode(Passes(KEY).seal(CONTENT)))
    for place in range(len(sealed)):
        turned = bytearray(sealed)
        turned[place] ^= 1
        assert Passes(KEY).open(base64.urlsafe_b64encode(turned).decode()) is None


def test_it_shows_no_key() -> None:
    """In a repr, which lands in tracebacks."""
    assert CONTENT.keys.draft_key.hex() not in repr(CONTENT)
    assert "keys" not in repr(CONTENT)


def test_a_pass_outlives_the_broker_and_ends_with_leaving(store_folder: Any) -> None:
    """After a restart the same pass goes on in the same draft; after leaving it opens nothing."""
    with broker.running(store_folder, effort=QUICK), client.operator(store_folder) as operator:
        afname = open_afname(operator)
        (code,) = operator.issue_codes(afname.afname_id, stamgroep="7a", number=1)
        with client.BlockingClient(store_folder.socket) as caller:
            pupil = caller.call("enter", code=code)["session"]
            caller.call("save", capability=pupil, page="p", seq=1, item="WB01", value=2)
    with broker.running(store_folder, effort=QUICK), client.BlockingClient(store_folder.socket) as caller:
        assert caller.call("state", capability=pupil)["answered"] == ["WB01"]
        caller.call("save", capability=pupil, page="p", seq=1, item="WB01", value=3)  # sent again: old
        caller.call("leave", capability=pupil)
        with pytest.raises(client.Refused, match="no such session"):
            caller.call("state", capability=pupil)


def test_a_pass_of_a_closed_afname_opens_nothing(store_folder: Any) -> None:
    """Its codes and drafts are destroyed."""
    with broker.running(store_folder, effort=QUICK), client.operator(store_folder) as operator:
        afname = open_afname(operator)
        (code,) = operator.issue_codes(afname.afname_id, stamgroep="7a", number=1)
        with client.BlockingClient(store_folder.socket) as caller:
            pupil = caller.call("enter", code=code)["session"]
            operator.close_afname(afname.vestigingsnummer, on=afname.opened_on)
    with (
        broker.running(store_folder, effort=QUICK),
        client.BlockingClient(store_folder.socket) as caller,
        pytest.raises(client.Refused, match="closed"),
    ):
        caller.call("state", capability=pupil)
