"""Every address of accounts, with no, another's and a forged cookie: a door, and never a page or a kernel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests

from instrument.serving import login, office
from instrument.store.accounts import roles
from tests.browser.school_year import PASSWORD

if TYPE_CHECKING:
    from tests.browser.school_year import Served

PAGES = [login.INSIDE[role] for role in roles.ROLES]
FORGED = ("forged", "2|1:0|10:1700000000|8:weerglas|12:Y29vcmRpbmF0b3I=|" + "0" * 64)
INVITATION = "/school/uitnodiging"


def visitor(server: Served, name: str) -> requests.Session:
    browser, address = requests.Session(), f"{server.address}/school"
    fields = {"naam": name, "wachtwoord": PASSWORD, "_xsrf": token(browser, address)}
    assert browser.post(address, data=fields, allow_redirects=False).status_code == 303
    return browser


def token(browser: requests.Session, address: str) -> str:
    return re.search(r'name="_xsrf" value="([^"]+)"', browser.get(address).text)[1]


def sent_to(reply: requests.Response) -> str:
    assert reply.status_code in (302, 303), reply.status_code
    return urlsplit(reply.headers["Location"]).path


def test_every_role_has_a_page_of_its_own() -> None:
    """A new role without a page, or a page without a role, is seen here."""
    assert {page.role for page in office.PAGES} == set(roles.ROLES)
    assert len(set(PAGES)) == len(roles.ROLES)


@pytest.mark.parametrize("cookie", [None, *FORGED])
def test_without_a_real_cookie_every_page_leads_to_the_door(
    school_server: Served, cookie: str | None
) -> None:
    cookies = {} if cookie is None else {"weerglas": cookie}
    for page in PAGES:
        reply = requests.get(school_server.address + page, cookies=cookies, allow_redirects=False)
        assert sent_to(reply) == "/school"


@pytest.mark.parametrize("role", roles.ROLES)
def test_a_role_opens_no_page_of_another_role(school_server: Served, role: str) -> None:
    browser = visitor(school_server, role)
    for page in PAGES:
        if page != login.INSIDE[role]:
            reply = browser.get(school_server.address + page, allow_redirects=False)
            assert sent_to(reply) == "/school"
    assert sent_to(browser.get(f"{school_server.address}/leerling", allow_redirects=False)) == "/"


def test_a_kernel_answers_to_its_own_account_only(school_server: Served) -> None:
    """Whoever knows the id of a coordinator's kernel reads and stops nothing with it."""
    own = visitor(school_server, "coordinator")
    shown = own.get(f"{school_server.address}/coordinator").text
    kernel = re.search(r'"kernelId": "([^"]+)"', shown)[1]
    model = f"{school_server.address}/api/kernels/{kernel}"
    assert own.get(model).status_code == 200
    for stranger in (visitor(school_server, "bestuur"), visitor(school_server, "coordinator"), requests):
        assert stranger.get(model).status_code == 403
        assert stranger.post(model.replace("/api/", "/voila/api/shutdown/")).status_code in (403, 404)
    assert own.get(model).status_code == 200
    own.get(f"{school_server.address}/uit")
    assert own.get(model).status_code == 403


def test_a_form_of_another_site_makes_no_account(school_server: Served) -> None:
    reply = requests.post(
        school_server.address + INVITATION, data={"uitnodiging": "x", "wachtwoord": PASSWORD}
    )
    assert reply.status_code == 403
    assert "weerglas" not in reply.cookies


@pytest.mark.parametrize("given", ["", "x", "<script>alert(1)</script>", "x" * 5_000, "%00", "é" * 50])
def test_a_link_that_is_no_invitation_gets_a_dutch_sentence(school_server: Served, given: str) -> None:
    browser, address = requests.Session(), school_server.address + INVITATION
    fields = {"uitnodiging": given, "wachtwoord": PASSWORD, "_xsrf": token(browser, address)}
    reply = browser.post(address, data=fields, headers={"X-Forwarded-For": given[:3]})
    assert reply.status_code == 403
    assert "Deze uitnodiging is al gebruikt" in reply.text or "te vaak" in reply.text
    assert "<script>alert" not in reply.text


def test_what_changes_with_a_release_is_asked_for_once(school_server: Served) -> None:
    """Voilà's own files under an address of their version: a second visit loads the page and nothing else."""
    own = visitor(school_server, "coordinator")
    shown = own.get(f"{school_server.address}/coordinator").text
    script = re.search(r'<script src="([^"]+/voila\.js)"', shown)[1]
    reply = own.get(school_server.address + script)
    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, login.assets.FOR_GOOD)
    assert own.get(school_server.address + re.sub(r"static/[0-9a-f]+", "static/0", script)).status_code == 404
