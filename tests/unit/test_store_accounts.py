"""Accounts: by invitation, once; what strangers try first is no password; a lost login is out at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from instrument.store.accounts import invitations, logins, passwords
from instrument.store.pace import Pace
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = "vier losse woorden samen"


def refusal(ask: Callable[..., Any], *arguments: Any, **fields: Any) -> str:
    with pytest.raises(Refused) as refused:
        ask(*arguments, **fields)
    return refused.value.reason


def invite(classroom: Any, name: str = "anna", **of: Any) -> str:
    return classroom.operator.invite(name=name, **({"vestigingsnummer": "02QZ00"} | of))


def accept(classroom: Any, token: str, password: str = GOOD) -> dict[str, Any]:
    return classroom.client.call("accept", token=token, password=password, address="here")


def test_an_invitation_makes_one_account_once(classroom: Any) -> None:
    token = invite(classroom)
    known = classroom.client.call("invitation", token=token)
    assert known == {"name": "anna", "role": "coordinator", "place": "De Proef (gesimuleerd)"}
    assert accept(classroom, token)["vestigingsnummer"] == "02QZ00"
    assert refusal(accept, classroom, token) == "unknown_invitation"
    assert classroom.client.call("login", name=" Anna ", password=GOOD)["role"] == "coordinator"


def test_the_store_holds_no_token(classroom: Any) -> None:
    """Who reads the store, or a backup of it, cannot come in."""
    token = invite(classroom)
    stored = b"".join(file.read_bytes() for file in classroom.folder.path.iterdir() if file.is_file())
    assert b"anna" in stored
    assert token.encode() not in stored


def test_an_invitation_ends(classroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fourteen days, and not a second longer."""
    token = invite(classroom)
    now = datetime.now(UTC)
    monkeypatch.setattr(invitations, "_now", lambda: now + timedelta(days=13, hours=23))
    assert classroom.client.call("invitation", token=token)["name"] == "anna"
    monkeypatch.setattr(invitations, "_now", lambda: now + timedelta(days=14, seconds=1))
    assert refusal(accept, classroom, token) == "unknown_invitation"


def test_a_second_invitation_ends_the_first(classroom: Any) -> None:
    first, second = invite(classroom), invite(classroom)
    assert refusal(accept, classroom, first) == "unknown_invitation"
    assert accept(classroom, second)["session"]


def test_a_new_password_puts_out_who_had_the_old_one(classroom: Any) -> None:
    """For a password that was lost, or that somebody else came to know."""
    session = accept(classroom, invite(classroom))["session"]
    assert classroom.client.call("school", capability=session)["school"]
    accept(classroom, invite(classroom), "heel andere losse woorden")
    assert refusal(classroom.client.call, "school", capability=session) == "no_session"
    assert refusal(classroom.client.call, "login", name="anna", password=GOOD) == "wrong_login"


def test_an_invitation_cannot_change_of_what_school_somebody_is(classroom: Any) -> None:
    accept(classroom, invite(classroom))
    assert refusal(invite, classroom, vestigingsnummer="02QZ01") == "unknown_school"
    assert refusal(classroom.operator.invite, name="anna", role="aanbieder") == "account_exists"


def test_an_account_that_is_taken_away_is_out_at_once(classroom: Any) -> None:
    session = accept(classroom, invite(classroom))["session"]
    classroom.operator.remove_account("anna")
    assert refusal(classroom.client.call, "school", capability=session) == "no_session"
    assert refusal(classroom.operator.remove_account, "anna") == "unknown_account"


@pytest.mark.parametrize(
    "of",
    [
        {"role": "coordinator"},
        {"role": "bestuur"},
        {"role": "bestuur", "bevoegd_gezag_nummer": "1234"},
        {"role": "aanbieder", "vestigingsnummer": "02QZ00"},
        {"role": "koning"},
        {"role": "coordinator", "vestigingsnummer": "02QZ00", "bevoegd_gezag_nummer": "40001"},
    ],
)
def test_a_role_is_of_what_it_must_be(classroom: Any, of: dict[str, str]) -> None:
    """A coordinator of one vestiging, a bestuur of one bevoegd gezag, others of nothing."""
    assert refusal(classroom.operator.invite, name="x", **of) == "bad_request"


def test_an_aanbieder_lets_in_schools_and_besturen_only(classroom: Any) -> None:
    """Researchers and other aanbieders see more than one school: they come by the command line."""
    classroom.operator.add_account(name="a", password=GOOD, role="aanbieder")
    session = classroom.client.call("login", name="a", password=GOOD)["session"]
    wanted = {"capability": session, "name": "b", "days": 3}
    ask = classroom.client.call
    assert ask("invite", **wanted, role="coordinator", vestigingsnummer="02QZ00")["token"]
    for role in ("aanbieder", "onderzoeker"):
        assert refusal(ask, "invite", **wanted, role=role) == "not_allowed"
    assert refusal(ask, "remove_account", capability=session, name="a") == "not_allowed"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A door that says after a tenth of a second, and not after five, that somebody must come back later."""
    monkeypatch.setattr(logins, "Pace", partial(Pace, patience=0.1))


@pytest.mark.usefixtures("impatient")
def test_guessing_is_slowed_down_at_every_door_of_accounts(classroom: Any) -> None:
    """Ten wrong tries a minute from one address, of passwords and tokens together."""
    ask, wrong = classroom.client.call, []
    for number in range(logins.LOGINS_PER_MINUTE):
        op = ("invitation", "accept", "login")[number % 3]
        wrong.append(refusal(ask, op, token="x", name="anna", password="wrong", address="there"))
    assert set(wrong) == {"unknown_invitation", "wrong_login"}
    assert refusal(ask, "invitation", token="x", address="there") == "slow_down"


def test_a_voucher_opens_accounts_and_nothing_else(classroom: Any) -> None:
    """What the office holds for an OpenID provider: not the operator's key."""
    classroom.operator.add_account(name="anna@school.example", vestigingsnummer="02QZ00")
    ask, voucher = classroom.client.call, classroom.folder.voucher_key
    session = ask("vouch", capability=voucher, name="Anna@School.example")["session"]
    assert ask("school", capability=session)["school"]["vestigingsnummer"] == "02QZ00"
    assert refusal(ask, "vouch", capability=voucher, name="nobody@school.example") == "wrong_login"
    assert refusal(ask, "schools", capability=voucher) == "not_allowed"
    of = {"bevoegd_gezag_nummer": "40009"}
    assert refusal(ask, "vouch", capability=voucher, name="anna@school.example", **of) == "wrong_login"


def test_an_account_without_password_lets_no_password_in(classroom: Any) -> None:
    classroom.operator.add_account(name="anna", vestigingsnummer="02QZ00")
    for password in ("", "None", "null"):
        assert refusal(classroom.client.call, "login", name="anna", password=password) == "wrong_login"


@pytest.mark.parametrize(
    "password",
    [
        "Welkom2026!!",
        "wachtwoord123",
        "W@chtw00rd2026",
        "qwertyuiopas",
        "123456789012",
        "aaaaaaaaaaaa",
        "121212121212",
        "School2026School",
        "j.jansen2026",
        "DeVuurtoren2026",
        "geheimgeheim",
    ],
)
def test_what_a_stranger_tries_first_is_no_password(password: str) -> None:
    with pytest.raises(Refused, match="stranger"):
        passwords.check(password, name="j.jansen", school="Basisschool De Vuurtoren")


@pytest.mark.parametrize(
    "password",
    [GOOD, "a good password", "fiets-lamp-zalm-7", "Xk4!pQz7#mWv", "de vuurtoren kookt gele soep"],
)
def test_what_a_stranger_does_not_try_is_a_password(password: str) -> None:
    passwords.check(password, name="j.jansen", school="Basisschool De Vuurtoren")


@pytest.mark.parametrize(("length", "fits"), [(11, False), (12, True), (200, True), (201, False)])
def test_a_password_has_twelve_to_two_hundred_signs(length: int, fits: bool) -> None:  # noqa: FBT001 - a table
    password = ("kz7!mqw" * 30)[:length]
    if fits:
        passwords.check(password, name="anna")
    else:
        with pytest.raises(Refused, match="12 to 200"):
            passwords.check(password, name="anna")
