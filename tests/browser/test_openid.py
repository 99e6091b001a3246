"""The login of a board's own OpenID provider: who it names comes in, and nothing that only looks like it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import requests

from instrument.serving import openid
from tests.browser.openid_provider import PERSONS
from tests.browser.school_year import openid_settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.school_year import Served


def come_back(school_server: Served, person: str) -> requests.Response:
    """Go to the provider as a browser does, log in there as this person, and come back."""
    browser = requests.Session()
    choice = browser.get(f"{school_server.address}/school/openid")
    link = re.search(rf'href="([^"]+person={person}[^"]*)"', choice.text)[1]
    place = f"{choice.url.split('/authorize')[0]}{link}"
    reply = browser.get(place)
    reply.browser = browser
    return reply


def test_whom_the_provider_names_comes_in(school_server: Served) -> None:
    reply = come_back(school_server, "anna")
    assert reply.status_code == 200
    assert "U bent ingelogd" in reply.text
    page = reply.browser.get(f"{school_server.address}/bestuur", allow_redirects=False)
    assert page.headers["Location"].endswith("/school"), "a coordinator, and no more than that"
    assert reply.browser.cookies["weerglas"]


@pytest.mark.parametrize("person", [name for name in PERSONS if name not in ("anna", "vreemde")])
def test_what_only_looks_like_the_providers_word_opens_nothing(school_server: Served, person: str) -> None:
    """Not verified, over, for somebody else, of another visit, signed by another key."""
    reply = come_back(school_server, person)
    assert reply.status_code == 403
    assert "niet gelukt" in reply.text
    assert "weerglas" not in reply.browser.cookies


def test_somebody_without_an_account_is_told_what_to_ask(school_server: Served) -> None:
    reply = come_back(school_server, "vreemde")
    assert reply.status_code == 403
    assert "Weerglas nog niet" in reply.text


def test_coming_back_without_having_gone_opens_nothing(school_server: Served) -> None:
    """A link of somebody else would log a person in as them."""
    browser = requests.Session()
    choice = browser.get(f"{school_server.address}/school/openid")
    link = re.search(r'href="([^"]+person=anna[^"]*)"', choice.text)[1]
    place = f"{choice.url.split('/authorize')[0]}{link}"
    back = browser.get(place, allow_redirects=False).headers["Location"]
    assert requests.get(back).status_code == 403
    other = requests.Session()
    other.get(f"{school_server.address}/school/openid")
    assert other.get(back).status_code == 403
    assert browser.get(back).status_code == 200
    assert browser.get(back).status_code == 403, "once"


def test_the_door_offers_the_provider_beside_name_and_password(school_server: Served) -> None:
    assert "Inloggen met het bestuur" in requests.get(f"{school_server.address}/school").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("name", "naam"), "name: missing"),
        (("name", "naam"), "naam: is not known"),
        (("http://127.0.0.1:1", "http://login.example"), "issuer: give an address with https"),
        (('"simulated"', "7"), "client_secret: missing"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_with_every_fault(
    tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    file = openid_settings(tmp_path / "openid.toml", "http://127.0.0.1:1")
    file.write_text(file.read_text().replace(*change))
    with pytest.raises(openid.OpenIdError, match=re.escape(sentence)):
        openid.read(file)


def test_settings_that_others_can_read_are_refused(tmp_path: Path) -> None:
    file = openid_settings(tmp_path / "openid.toml", "https://login.example")
    file.chmod(0o644)
    with pytest.raises(openid.OpenIdError, match="chmod go="):
        openid.read(file)
