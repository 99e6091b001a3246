"""A school's year in the page: invitation, school, afname, slips, answers, response, closing, results."""

from __future__ import annotations

import base64
import re
import zlib
from typing import TYPE_CHECKING, Any

import page as validation
import pytest
from playwright.sync_api import expect

from instrument.school import today
from tests.browser.school_year import (
    CODE,
    PASSWORD,
    SOON,
    Served,
    check,
    download,
    log_in,
    reach,
    station,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import CDPSession, Page

ROSTER = "stamgroep;leerjaar;leerlingen\r\n7a;7;7\r\n8 Zwanen;8;5\r\n"
PUPILS = 13
FIRST_LOAD = 2_000_000
"""Bytes over the wire, all together, from an empty cache to a page that can be used."""
OTHERS = {"bestuur": re.compile("Bevoegd gezag 99999"), "onderzoeker": "Onderzoeksbestanden"}


def test_a_coordinator_walks_through_a_schools_year(
    school_server: Served, new_page: Callable[..., Page], watch: object, tmp_path: Path
) -> None:
    """From an invitation to the results; the codes are on the slips alone; axe at every station."""
    link = invite(new_page(), school_server)
    page = new_page()
    come_in(page, link)
    fill_in_school(page, tmp_path)
    open_afname(page)
    codes = make_slips(page, tmp_path)
    write_letter(page, tmp_path)
    answer_by_page(new_page(), school_server, codes[0])
    follow_response(page, school_server, codes[1:])
    close_by_keyboard(page)
    for name in ("School", "Afname", "Respons", "Toestemming en levering", "Resultaten"):
        station(page, name)
        check(page, f"{name}, closed")
    page.reload()
    expect(page.get_by_role("heading", level=2, name="Resultaten")).to_be_visible(timeout=SOON)
    assert [fault for fault in watch.faults if "403" not in fault] == [], "403: the silly password"


def invite(page: Page, server: Served) -> str:
    """The aanbieder adds a school and makes the link; a name with HTML stays a name."""
    log_in(page, server, "aanbieder", "Scholen")
    page.get_by_label("Vestigingsnummer (BRIN").fill("02qz00")
    page.get_by_label("Naam van de school").fill("<b>De Proef</b> (gesimuleerd)")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="School toevoegen").click()
    expect(page.get_by_role("row").filter(has_text="02QZ00")).to_contain_text("<b>De Proef</b>")
    page.get_by_label("Naam om in te loggen").fill("j.jansen")
    page.get_by_label("Vestigingsnummer of nummer").fill("02QZ00")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Uitnodiging maken").click()
    expect(page.get_by_text("De uitnodiging staat klaar.")).to_be_visible()
    check(page, "aanbieder")
    return page.get_by_label("Bericht met de link").input_value().split()[-1]


def come_in(page: Page, link: str) -> None:
    page.goto(link)
    assert link.split("#")[1] not in page.url, "the script took the token out of the address"
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_text("U wordt coördinator van <b>De Proef</b>")).to_be_visible()
    for password in ("Welkom2026!!", PASSWORD):
        for label in ("Uw nieuwe wachtwoord", "Hetzelfde wachtwoord"):
            page.get_by_label(label).fill(password)
        page.get_by_role("button", name="Wachtwoord vastleggen").click()
        if password != PASSWORD:
            expect(page.get_by_role("alert")).to_contain_text("probeert een vreemde het eerst")
            check(page, "invitation")
    expect(page.get_by_role("heading", level=2, name="School")).to_be_visible(timeout=SOON)


def fill_in_school(page: Page, tmp_path: Path) -> None:
    wrong, right = tmp_path / "fout.csv", tmp_path / "goed.csv"
    wrong.write_text(ROSTER.replace("8;5", "18;veel"), "utf-8")
    right.write_text(ROSTER, "utf-8-sig")
    field = page.get_by_label("Aantallen uit een bestand lezen")
    field.set_input_files(wrong)
    expect(page.get_by_role("alert")).to_contain_text("Regel 3: het leerjaar klopt niet")
    expect(page.get_by_role("textbox", name=re.compile("Stamgroep, "))).to_have_count(0)
    field.set_input_files(right)
    expect(page.get_by_role("textbox", name="Stamgroep, 7a")).to_have_value("7a")
    page.get_by_role("spinbutton", name="Leerlingen, 8 Zwanen").focus()
    page.keyboard.press("ArrowUp")
    reach(page, "Stamgroep toevoegen")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Weghalen: 3").press("Enter")
    reach(page, "Aantallen bewaren")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"De aantallen zijn bewaard: {PUPILS} leerlingen.")).to_be_visible()
    check(page, "School")


def open_afname(page: Page) -> None:
    reach(page, "Afname", back=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="7a (leerjaar 7, 7 leerlingen)")).to_be_checked()
    page.get_by_role("checkbox", name="Wie helpt").check()
    page.get_by_role("button", name="De vragenlijst proberen").click()
    expect(page.get_by_text("Dit is een proef: er wordt niets bewaard.")).to_be_visible()
    page.get_by_role("button", name="De vragenlijst proberen").click()
    for day in ("2020-01-01", today().isoformat()):
        page.get_by_label("Laatste dag").first.fill(day)
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Afname openen").click()
        if day != today().isoformat():
            expect(page.get_by_role("alert")).to_contain_text("schooljaar")
            check(page, "Afname, new")
    expect(page.get_by_text("De afname is open. Maak nu de briefjes met codes.")).to_be_visible()
    check(page, "Afname, open")


def make_slips(page: Page, tmp_path: Path) -> list[str]:
    slips = download(page, "Briefjes maken", tmp_path)
    words = text_of(slips)
    codes = CODE.findall(words)
    assert (len(codes), len(set(codes))) == (PUPILS, PUPILS)
    assert words.count("Stamgroep 7a") == 7
    assert "127.0.0.1" in words
    assert validation.validate_pdf_bytes(slips.read_bytes(), profile="ua1").is_compliant
    assert not any(code in page.content() for code in codes), "they are on paper alone"
    page.get_by_role("button", name="Briefjes maken").click()
    expect(page.get_by_text("alle briefjes al gemaakt")).to_be_visible()
    return codes


def write_letter(page: Page, tmp_path: Path) -> None:
    text = page.get_by_label("Tekst", exact=True)
    expect(text).to_have_value(re.compile("Beste ouders"))
    text.fill("# Nieuws van {school}\n\nVanaf {eerste_dag}. #set page(fill: red) $x$ <b>")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Tekst bewaren").click()
    expect(page.get_by_text("De tekst is bewaard voor uw school.")).to_be_visible()
    words = text_of(download(page, "Als pdf opslaan", tmp_path))
    assert "Nieuws van <b>De Proef" in words
    assert "#set page(fill: red) $x$ <b>" in words, "what a school writes is text, and never run"


def answer_by_page(page: Page, server: Served, code: str) -> None:
    """The way of the QR: the code stands behind the #, is filled in, and goes into no address."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(f"{server.address}/#{code}")
    expect(page.get_by_label("Jouw code")).to_have_value(code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Beginnen")).to_be_visible(timeout=SOON)
    assert not any(code in address for address in [*sent, page.url])
    page.get_by_role("button", name="Beginnen").click()
    while page.get_by_role("button", name="Versturen").count() == 0:
        if page.get_by_role("radio").count():
            page.get_by_role("radio").nth(2).check()
        page.locator(".choices .primary").click()
    page.get_by_role("button", name="Versturen").click()
    expect(page.get_by_text("verstuurd").first).to_be_visible()


def follow_response(page: Page, server: Served, codes: list[str]) -> None:
    station(page, "Respons")
    total = page.get_by_role("row").filter(has_text="Totaal").last
    expect(total).to_have_text(re.compile(rf"Totaal\s*{PUPILS}\s*1\s*8%"), timeout=15_000)
    expect(page.get_by_text("Er ontbreken er nog 12.")).to_be_visible()
    expect(page.get_by_label("Herinnering aan leerkrachten")).to_have_value(re.compile("7a: "))
    check(page, "Respons, open")
    server.answer(codes)
    expect(total).to_have_text(re.compile(rf"Totaal\s*{PUPILS}\s*{PUPILS}\s*100%"), timeout=15_000)
    expect(page.get_by_text("Oordeel: representatief.")).to_be_visible()


def close_by_keyboard(page: Page) -> None:
    expect(page.get_by_role("button", name="Afname sluiten")).to_be_disabled()
    page.get_by_role("checkbox", name=re.compile("dit niet terug kan")).focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Afname sluiten")).to_be_enabled()
    reach(page, "Afname sluiten")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="Resultaten")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("Veiligheidsbeleving").first).to_be_visible(timeout=SOON)


def test_the_coordinators_first_load_is_under_two_megabytes(
    school_server: Served, new_page: Callable[..., Page]
) -> None:
    """Voilà's own front end, our widgets and the page: measured in the browser, compressed as sent."""
    page = new_page()
    wire = watch_the_wire(page.context.new_cdp_session(page))
    log_in(page, school_server, "coordinator", "Respons")
    expect(page.get_by_role("row").filter(has_text="Totaal").first).to_be_visible(timeout=SOON)
    assert sum(wire) < FIRST_LOAD, f"{sum(wire):,} bytes in {len(wire)} parts"
    assert sum(wire) > FIRST_LOAD / 4, "something was not counted"


def watch_the_wire(session: CDPSession) -> list[int]:
    sizes: list[int] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    packer = zlib.compressobj(wbits=-15)  # as permessage-deflate packs one frame after the other
    session.on(
        "Network.webSocketFrameReceived", lambda event: sizes.append(_length(event["response"], packer))
    )
    session.on("Network.webSocketHandshakeResponseReceived", lambda event: _is_packed(event["response"]))
    return sizes


def _length(frame: dict[str, Any], packer: Any) -> int:
    """Return the bytes of a frame as they were on the wire."""
    content = str(frame["payloadData"])
    plain = base64.b64decode(content) if frame["opcode"] == 2 else content.encode()
    return len(packer.compress(plain) + packer.flush(zlib.Z_SYNC_FLUSH))


def _is_packed(response: dict[str, Any]) -> None:
    extensions = {name.lower(): value for name, value in response["headers"].items()}
    assert "permessage-deflate" in extensions["sec-websocket-extensions"]


@pytest.mark.parametrize("role", OTHERS)
def test_axe_finds_nothing_on_the_pages_of_other_roles(
    school_server: Served, new_page: Callable[..., Page], role: str
) -> None:
    page = new_page()
    log_in(page, school_server, role, OTHERS[role])
    check(page, role)
    page.goto(f"{school_server.address}/coordinator")
    assert page.url.endswith("/school"), "another role's page is not for this one"
