"""JupyterHub as the door: a role reaches its own place, and a stranger nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import conftest as browser
from tests.deploy import hub_front
from tests.deploy.hub_front import OTHER_SCHOOL, SCHOOL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.deploy.hub_front import Front

chromium, watch, new_page = browser.chromium, browser.watch, browser.new_page  # fixtures
SOON = 60_000
pytestmark = pytest.mark.slow  # a Hub, its proxy and its provider take a minute of the gate's twelve
RUN_IN_KERNEL = (Path(__file__).parent / "hub_kernel.js").read_text("utf-8")
TRIED = """
import os
from pathlib import Path
def tried(what):
    try:
        what()
    except OSError as fault:
        return type(fault).__name__
    return "done"
print(
    tried(lambda: Path("{key}").read_bytes()),
    tried(lambda: Path("{hub}/hub.sqlite").read_bytes()),
    tried(lambda: Path("{hub}/onderzoekers/onderzoeker/rekenbladen/30_itemanalyse.ipynb").write_text("")),
    tried(lambda: Path("/root").joinpath("x").write_text("")),
    tried(lambda: Path.home().joinpath("mijn.txt").write_text("")),
    tried(lambda: __import__("export.account.findings")),
    [name for name in os.environ if name.startswith("WEERGLAS")],
)
"""


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with hub_front.running(tmp_path_factory.mktemp("front")) as front:
        yield front


def log_in(page: Page, front: Front, person: str) -> None:
    page.goto(front.address)
    page.get_by_role("link", name="Sign in with het bestuur").or_(
        page.get_by_role("button", name="Sign in with het bestuur")
    ).click()
    page.get_by_role("link", name=person, exact=True).click()


def status_of(page: Page, address: str) -> int:
    response = page.goto(address)
    assert response is not None
    return response.status


def test_a_coordinator_reaches_the_own_vestiging_and_nothing_else(
    front: Front, new_page: Callable[..., Page]
) -> None:
    """The Hub says who, the group says where; the page's widgets work through both proxies."""
    page = new_page()
    log_in(page, front, "coordinator")
    expect(page.get_by_role("heading", name="Respons")).to_be_visible(timeout=SOON)
    expect(page.get_by_text(f"{SCHOOL} (gesimuleerd)")).to_be_visible()
    close = page.get_by_role("button", name="Afname sluiten")
    expect(close).to_be_disabled()
    page.get_by_role("checkbox").check()
    expect(close).to_be_enabled(timeout=SOON)  # said by the kernel
    assert "weerglas" not in [cookie["name"] for cookie in page.context.cookies()]
    assert status_of(page, front.address + "hub/spawn") == 403
    assert status_of(page, front.address + "user/onderzoeker/lab") in (403, 404, 424)
    page.goto(front.address + "services/weerglas/coordinator")
    page.get_by_role("link", name="Uitloggen").click(timeout=SOON)
    page.goto(front.address + "services/weerglas/coordinator")
    expect(page.get_by_text("Sign in with het bestuur")).to_be_visible(timeout=SOON)


def test_a_visit_belongs_to_the_hubs_user_and_not_to_the_browser(
    front: Front, new_page: Callable[..., Page]
) -> None:
    """Neither the next coordinator nor somebody without a login meets the previous one's page or kernel."""
    page = new_page()
    log_in(page, front, "coordinator")
    expect(page.get_by_role("heading", name="Respons")).to_be_visible(timeout=SOON)
    shown = json.loads(page.locator("#jupyter-config-data").text_content() or "")
    kernel = f"{front.address}services/weerglas/api/kernels/{shown['kernelId']}"
    assert page.request.get(kernel).status == 200
    page.context.clear_cookies()
    assert page.request.get(kernel).status == 403
    log_in(page, front, "elders")
    assert status_of(page, front.address + "services/weerglas/coordinator") == 403
    expect(page.get_by_role("alert")).to_contain_text("niet bij precies één school")
    assert page.request.get(kernel).status == 403


@pytest.mark.parametrize("person", ["elders", "bestuur"])
def test_a_coordinator_without_exactly_one_school_here_is_told_what_to_do(
    front: Front, new_page: Callable[..., Page], person: str
) -> None:
    """`elders` is of a school without an account here, `bestuur` of two schools."""
    page = new_page()
    log_in(page, front, person)
    expect(page.get_by_role("alert")).to_contain_text("groep van uw vestiging", timeout=SOON)
    expect(page.get_by_text(f"{OTHER_SCHOOL} (gesimuleerd)")).to_have_count(0)


def test_a_researcher_reads_the_evidence_and_no_data(front: Front, new_page: Callable[..., Page]) -> None:
    """What is typed into a notebook reaches neither the data folder, nor the Hub, nor the notebooks' text."""
    page = new_page()
    log_in(page, front, "onderzoeker")
    expect(page.get_by_role("listitem", name="rekenbladen")).to_be_visible(timeout=SOON)
    page.get_by_role("listitem", name="rekenbladen").dblclick()
    for name in ("30_itemanalyse.ipynb", "31_betrouwbaarheid.ipynb"):
        expect(page.get_by_role("listitem", name=name)).to_be_visible(timeout=SOON)
    expect(page.get_by_role("listitem", name="20_coordinator.ipynb")).to_have_count(0)
    key = front.data.path / "operator.key"
    assert key.read_bytes()
    code = TRIED.replace("{key}", str(key)).replace("{hub}", str(front.folder))
    refused = ["PermissionError"] * 4
    assert page.evaluate(RUN_IN_KERNEL, code).split() == [*refused, "done", "done", "[]"]
    assert status_of(page, front.address + "services/weerglas/") == 403


def test_a_stranger_of_the_same_provider_reaches_nothing(front: Front, new_page: Callable[..., Page]) -> None:
    """A teacher has an account at the board, and no role here."""
    page = new_page()
    log_in(page, front, "vreemde")
    expect(page.get_by_role("heading", name="403")).to_be_visible(timeout=SOON)
    for address in ("hub/home", "hub/spawn", "services/weerglas/coordinator"):
        page.goto(front.address + address)
        expect(page.get_by_text("Sign in with het bestuur")).to_be_visible()
