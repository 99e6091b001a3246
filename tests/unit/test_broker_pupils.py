from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from instrument.store import client
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable


def refusal(ask: Callable[..., Any], *arguments: Any, **fields: Any) -> str:
    with pytest.raises(Refused) as refused:
        ask(*arguments, **fields)
    return refused.value.reason


def test_a_pupil_saves_and_submits_and_its_answers_are_in_the_store(classroom: Any) -> None:
    """The way of an answer, from code to response."""
    pupil = classroom.enter()
    for seq, item in enumerate(classroom.items[:3]):
        assert pupil.ask("save", seq=seq, item=item, value=3) == {"seq": seq}
    assert pupil.ask("submit", seq=3)["submitted"] is True
    classroom.close()
    rows = list(classroom.operator.responses(classroom.afname.afname_id))
    assert rows == [{"stamgroep": "7a", "answers": dict.fromkeys(classroom.items[:3], 3)}]


def test_a_code_is_read_in_any_case_with_or_without_dashes(classroom: Any) -> None:
    """The broker reads a slip as a child types it."""
    assert classroom.enter(classroom.codes[0].lower().replace("-", " ")).entry["answered"] == []


@pytest.mark.parametrize(
    ("code", "reason"), [("BBBB-BBBB-BBBC", "malformed_code"), ("BBBB-BBBB-BBBB", "unknown_code")]
)
def test_a_wrong_code_is_refused(classroom: Any, code: str, reason: str) -> None:
    """A typing error and a code of nowhere are told apart."""
    assert refusal(classroom.enter, code) == reason


def test_resuming_gives_the_position_and_never_the_answers(classroom: Any) -> None:
    """Who finds a slip must not read what its pupil answered."""
    first, second = classroom.items[:2]
    classroom.enter().ask("save", seq=0, item=second, value=2)
    resumed = classroom.enter()
    assert resumed.entry["answered"] == [second]
    resumed.ask("save", seq=0, item=first, value=1)
    assert resumed.ask("state") == {
        "edition": classroom.afname.edition,
        "modules": [],
        "answered": [first, second],
        "followed_up": [],
        "submitted": False,
    }


def test_an_answer_can_be_cleared(classroom: Any) -> None:
    """Nothing is obligatory, also not what was answered before."""
    pupil = classroom.enter()
    pupil.ask("save", seq=0, item=classroom.items[0], value=2)
    pupil.ask("save", seq=1, item=classroom.items[0], value=None)
    assert pupil.ask("state")["answered"] == []


def test_two_pages_of_one_session_are_told_apart(classroom: Any) -> None:
    """Else the second tab's first choice would look older than the first tab's third, and be lost."""
    pupil, item = classroom.enter(), classroom.items[0]
    pupil.ask("save", page="one", seq=3, item=item, value=1)
    pupil.ask("save", page="two", seq=1, item=item, value=4)
    pupil.ask("save", page="one", seq=3, item=item, value=1)  # sent again
    pupil.ask("submit", seq=9)
    classroom.close()
    (row,) = classroom.operator.responses(classroom.afname.afname_id)
    assert row["answers"] == {item: 4}


def test_two_tabs_share_one_draft_and_the_last_save_wins(classroom: Any) -> None:
    """A pupil who logs in twice answers one questionnaire."""
    one, other = classroom.enter(), classroom.enter()
    item = classroom.items[0]
    one.ask("save", seq=7, item=item, value=1)
    other.ask("save", seq=0, item=item, value=4)
    one.ask("save", seq=7, item=item, value=1)  # sent again: its acknowledgement was lost
    other.ask("submit", seq=1)
    classroom.close()
    assert next(classroom.operator.responses(classroom.afname.afname_id))["answers"] == {item: 4}


def test_a_value_that_is_no_option_is_refused_without_repeating_it(classroom: Any) -> None:
    """The page is not trusted, and no answer stands in a refusal."""
    pupil = classroom.enter()
    for value in (0, 5, -3, True, 2.0, "2", [2], {"value": 2}, 10**30):
        with pytest.raises(Refused) as refused:
            pupil.ask("save", seq=0, item=classroom.items[0], value=value)
        assert refused.value.reason == "unacceptable_value"
        assert refused.value.detail == {"item": classroom.items[0]}


def test_not_knowing_and_not_saying_are_answers(classroom: Any) -> None:
    """They are stored under their own codes."""
    pupil = classroom.enter()
    for seq, value in enumerate((-1, -2)):
        assert pupil.ask("save", seq=seq, item=classroom.items[0], value=value) == {"seq": seq}


def test_an_unknown_item_is_refused_without_repeating_it(classroom: Any) -> None:
    """An answer could be sent as the name of an item."""
    with pytest.raises(Refused) as refused:
        classroom.enter().ask("save", seq=0, item="Sanne slaat mij", value=1)
    assert (refused.value.reason, refused.value.detail) == ("unknown_item", {})


def test_a_number_out_of_form_is_refused(classroom: Any) -> None:
    """Sequence numbers are whole, and no larger than JavaScript counts."""
    pupil = classroom.enter()
    for seq in (-1, 2**53, True, 1.5, "1", None):
        assert refusal(pupil.ask, "save", seq=seq, item=classroom.items[0], value=1) == "bad_request"


def test_submitting_again_changes_nothing(classroom: Any) -> None:
    """The page repeats what was not acknowledged."""
    pupil = classroom.enter()
    assert [pupil.ask("submit", seq=1)["submitted"] for _ in range(2)] == [True, True]
    state = pupil.ask("state")
    assert (state["edition"], state["submitted"]) == (classroom.afname.edition, True)
    assert (state["answered"], state["followed_up"]) == ([], [])
    assert classroom.operator.response(classroom.afname.afname_id) == {"7a": 1, "8a": 0}


def test_of_six_racing_submits_one_wins(classroom: Any) -> None:
    """One response per code, however many tabs."""
    tabs = [classroom.enter() for _ in range(6)]

    def submit(tab: Any) -> str:
        with client.BlockingClient(classroom.folder.socket) as own:
            try:
                return str(own.call("submit", capability=tab.capability, seq=0)["submitted"])
            except Refused as refused:
                return refused.reason

    with ThreadPoolExecutor(6) as threads:
        outcomes = sorted(threads.map(submit, tabs))
    assert outcomes == ["True"] + ["used_code"] * 5
    classroom.close()
    assert len(list(classroom.operator.responses(classroom.afname.afname_id))) == 1


def test_after_submitting_nothing_can_be_saved_or_entered(classroom: Any) -> None:
    """A used code is refused, in the other tab too."""
    pupil, other = classroom.enter(), classroom.enter()
    pupil.ask("submit", seq=0)
    for tab in (pupil, other):
        assert refusal(tab.ask, "save", seq=1, item=classroom.items[0], value=1) == "used_code"
    assert refusal(other.ask, "state") == "used_code"
    assert refusal(classroom.enter) == "used_code"


def test_after_closing_everything_is_refused(classroom: Any) -> None:
    """Closed is closed: for who comes late, and for who was still answering."""
    pupil = classroom.enter()
    classroom.close()
    assert refusal(classroom.enter) == "afname_closed"
    assert refusal(pupil.ask, "save", seq=0, item=classroom.items[0], value=1) == "afname_closed"
    assert refusal(pupil.ask, "submit", seq=1) == "afname_closed"


def test_leaving_ends_the_session_and_keeps_the_draft(classroom: Any) -> None:
    """At a shared tablet the next pupil must not answer for the last."""
    pupil = classroom.enter()
    pupil.ask("save", seq=0, item=classroom.items[0], value=1)
    pupil.ask("leave")
    assert refusal(pupil.ask, "state") == "no_session"
    assert classroom.enter().entry["answered"] == [classroom.items[0]]


def test_guessing_codes_is_slowed_down_and_a_class_elsewhere_is_not(classroom: Any) -> None:
    """Thirty wrong codes a minute for each address."""
    guesses = [refusal(classroom.client.call, "enter", code="B" * 12, address="guesser") for _ in range(30)]
    assert guesses == ["unknown_code"] * 30
    assert refusal(classroom.client.call, "enter", code="B" * 12, address="guesser") in {
        "slow_down",
        "unknown_code",  # after waiting for its turn
    }
    assert classroom.client.call("enter", code=classroom.codes[0], address="class")["answered"] == []
