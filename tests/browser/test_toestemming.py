"""Six steps in the page of a school, and the page of its bestuur, on a real server."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from export.levering import termijn
from instrument.school import Schooljaar, today
from instrument.store.operator_client import BlockingClient, operator
from tests.browser import test_school_year as walk
from tests.browser.school_year import BOARD, PASSWORD, check, download, log_in, station
from tests.levering.office import EDITION, closed_afname, schools

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from instrument.store.data_folder import DataFolder
    from tests.browser.school_year import Served

LABELS = {
    "Akkoord bevoegd gezag: naam": "A. de Boer",
    "Akkoord bevoegd gezag: functie": "bestuurder",
    "Wie hield toezicht?": "leerkracht",
    "Uw naam": "J. Jansen",
    "Uw functie": "directeur",
}
CHOICES = {
    "Niveau": "de hele school",
    "Hoe is de vragenlijst afgenomen?": "klassikaal",
    "Is de vragenlijst voorgelezen?": "nee",
    "Waarop is ingevuld?": "digitaal",
}
TOMORROW = (today() + timedelta(days=1)).isoformat()
GIVE, CHANGE = "Toestemming geven", "Toestemming wijzigen"
NUMBER = schools(1)[0].vestigingsnummer
STATION = "Toestemming en levering"


@pytest.fixture(scope="module")
def closed(school_server: Served) -> Served:
    """Give the server, which all tests share, with one school more whose afname is closed."""
    school = replace(schools(1)[0], bevoegd_gezag_nummer=BOARD)
    with operator(school_server.folder) as broker:
        closed_afname(broker, school, on=today())
        broker.add_account(name="gesloten", password=PASSWORD, vestigingsnummer=school.vestigingsnummer)
    return school_server


@pytest.fixture(autouse=True)
def not_on_the_last_day() -> None:
    if today() == termijn.deadline(Schooljaar.of(today())):
        pytest.skip("on 30 June no day is left on which a toestemming can still be changed")


@pytest.mark.slow
def test_a_whole_year_from_the_invitation_to_the_receipt(
    school_server: Served,
    new_page: Callable[..., Page],
    watch: Any,
    weerglas: Callable[..., Any],
    tmp_path: Path,
) -> None:
    """Open, answer, close, check the report, agree, change, withdraw, agree again, deliver, receipt."""
    link = walk.invite(new_page(), school_server)
    page = new_page()
    walk.come_in(page, link)
    walk.fill_in_school(page, tmp_path)
    walk.open_afname(page)
    answer_everything(school_server, walk.make_slips(page, tmp_path))
    station(page, "Respons")
    walk.close_by_keyboard(page)
    agree_and_deliver(page, school_server.folder, weerglas, tmp_path)
    assert [fault for fault in watch.faults if "403" not in fault] == [], "403: the silly password"


def answer_everything(server: Served, codes: list[str]) -> None:
    """Have every pupil answer every question of the scales, as their pages would; else there are no means."""
    with BlockingClient(server.folder.socket) as door:
        for code in codes:
            session = door.call("enter", code=code, address="class")["session"]
            for seq, item in enumerate(EDITION.scored):
                door.call("save", capability=session, seq=seq, item=item.code, value=2)
            door.call("submit", capability=session, seq=999)


def agree_and_deliver(page: Page, folder: DataFolder, weerglas: Callable[..., Any], tmp_path: Path) -> None:
    """The six steps; what was checked is what is delivered; the receipt stands in the page."""
    station(page, STATION)
    page.get_by_role("button", name=GIVE).click()
    expect(page.get_by_role("alert")).to_contain_text("Uw naam: ontbreekt")
    expect(page.get_by_role("alert")).to_contain_text("rapport: nog niet bekeken")
    checked = check_report(page, tmp_path)
    fill_in(page, TOMORROW)
    page.get_by_role("button", name=GIVE).click()
    expect(page.get_by_text("De toestemming is vastgelegd").first).to_be_visible()
    expect(page.get_by_text(re.compile("Nummer 1 in het grootboek"))).to_be_visible()

    change_withdraw_and_agree_again(page)
    deliver_and_see_the_receipt(page, folder, weerglas, checked)


def change_withdraw_and_agree_again(page: Page) -> None:
    page.get_by_label("Niveau").select_option(label="per onderwijssoort")
    page.get_by_role("button", name=CHANGE).click()
    expect(page.get_by_text(re.compile("Nummer 2 in het grootboek"))).to_be_visible()

    withdraw = page.get_by_role("button", name="Toestemming intrekken")
    expect(withdraw).to_be_disabled()
    page.get_by_role("checkbox", name=re.compile("niets wordt geleverd")).check()
    withdraw.click()
    expect(page.get_by_text(re.compile("Nummer 3 in het grootboek"))).to_be_visible()

    page.get_by_label("Niveau").select_option(label="de hele school")
    fill_day(page, "Leverdatum", today().isoformat())
    page.get_by_role("button", name=GIVE).click()
    expect(page.get_by_text(re.compile("Nummer 4 in het grootboek"))).to_be_visible()


def deliver_and_see_the_receipt(
    page: Page, folder: DataFolder, weerglas: Callable[..., Any], checked: dict[str, Any]
) -> None:
    at = ("--data", folder.path)
    done = weerglas("levering", "run", *at)
    assert done.returncode == 0, done.stderr
    (parcel,) = (folder.path / "levering").iterdir()
    delivered = json.loads(next(parcel.glob("samenvatting*.json")).read_text("utf-8"))
    for part in ("indicator", "representativiteit", "representativiteit_totaal", "editie", "n_deelnemers"):
        assert delivered[part] == checked[part]
    page.reload()
    station(page, STATION)
    expect(page.get_by_text(re.compile(rf"Ontvangstbewijs: map {parcel.name}"))).to_be_visible()
    expect(page.get_by_role("button", name=GIVE)).to_be_hidden()
    assert weerglas("levering", "verify", *at).returncode == 0


def test_a_bestuur_agrees_itself_and_sees_who_is_missing(
    closed: Served, new_page: Callable[..., Page], watch: Any
) -> None:
    """What the bestuur recorded stands in the form of the school, which cannot change it; axe on both."""
    page = new_page()
    log_in(page, closed, "bestuur", re.compile(f"Bevoegd gezag {BOARD}"))
    expect(page.get_by_role("row").filter(has_text=NUMBER)).to_contain_text("nog geen toestemming")
    page.get_by_role("button", name="Akkoord geven").click()
    expect(page.get_by_role("alert")).to_contain_text("vul naam en functie in")
    page.get_by_label("Vestiging").select_option(f"{NUMBER} School 0")
    for label, words in (("Uw naam", "B. Bestuurder"), ("Uw functie", "voorzitter")):
        fill_day(page, label, words)
    page.get_by_role("button", name="Akkoord geven").click()
    expect(page.get_by_text(re.compile(f"Het akkoord voor {NUMBER} School 0 is vastgelegd"))).to_be_visible()
    check(page, "bestuur")
    school = new_page()
    log_in(school, closed, "gesloten", "Resultaten")
    station(school, STATION)
    expect(school.get_by_text(re.compile("zelf ingelogd en akkoord gegeven: B. Bestuurder"))).to_be_visible()
    expect(school.get_by_label("Akkoord bevoegd gezag: naam")).to_be_hidden()
    school.get_by_role("button", name=GIVE).click()
    expect(school.get_by_role("alert")).to_contain_text("Uw naam: ontbreekt")
    expect(school.get_by_role("alert")).to_contain_text("rapport: nog niet bekeken")
    check(school, "toestemming")
    assert watch.faults == []


def check_report(page: Page, tmp_path: Path) -> dict[str, Any]:
    """Download the report to check it, and say that it is right."""
    confirm = page.get_by_role("checkbox", name="Ik heb het rapport bekeken en het klopt.")
    expect(confirm).to_be_disabled()
    page.get_by_label("Soort bestand").select_option(label="JSON")
    file = download(page, "Rapport downloaden", tmp_path)
    confirm.check()
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    assert (found["status"], found["toestemming"]) == ("ter_controle", None)
    return found


def fill_in(page: Page, day: str) -> None:
    for label, words in LABELS.items():
        page.get_by_label(label).fill(words)
        page.keyboard.press("Tab")
    for label, choice in CHOICES.items():
        page.get_by_label(label).select_option(label=choice)
    fill_day(page, "Leverdatum", day)


def fill_day(page: Page, label: str, day: str) -> None:
    page.get_by_label(label).fill(day)
    page.keyboard.press("Tab")
