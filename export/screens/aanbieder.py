"""The page of an aanbieder: which schools there are and how far they have come, and who is invited."""

from __future__ import annotations

import os
from typing import Any

import ipywidgets as widgets

from export.screens.copyable import Copyable
from export.screens.saying_again import SaidAgain
from export.screens.telling import Telling, rendered, texts
from instrument.school import ONDERWIJSSOORTEN, SECTORS, RegisterError, check_vestigingsnummer
from instrument.store import client

ROLES = ("coordinator", "bestuur")
DAYS = 14


def page() -> widgets.Widget:
    """Return the page for the session of this process, or a line that says how to get one."""
    session = client.session_from_environment()
    if session is None:
        return widgets.HTML(rendered("message.html", lines=[texts("telling")["geen_sessie"]], fault=True))
    return SaidAgain.around(ProviderPage(session).box)


class ProviderPage:
    """Schools, invitations and accounts; no answer and no result."""

    def __init__(self, session: client.Session) -> None:
        self._session = session
        self._texts = texts("aanbieder")
        self._telling = Telling()
        self._schools, self._accounts = widgets.HTML(), widgets.HTML()
        self._invitation = _fields(self._texts["uitnodiging"], {"role": self._offer("rollen", ROLES)})
        self._school = _fields(
            self._texts["school"],
            {
                "sector": [(code, code) for code in SECTORS],
                "onderwijssoort": [(code, code) for code in ONDERWIJSSOORTEN],
            },
        )
        self._link = Copyable(label=self._texts["link"])
        self._leaving = widgets.Text(description=self._texts["weg_naam"])
        heading = widgets.HTML(rendered("aanbieder.html", texts=self._texts))
        parts = [*self._of_schools(), *self._of_invitations(), *self._of_accounts()]
        self.box = widgets.VBox([heading, self._telling.place, *parts])
        self._telling.soon(self._show)

    def _of_schools(self) -> list[widgets.Widget]:
        heading = widgets.HTML(rendered("kop.html", kop=self._texts["school_kop"]))
        adding = self._button("school_toevoegen", self._add_school)
        return [self._schools, heading, *self._school.values(), adding]

    def _of_invitations(self) -> list[widgets.Widget]:
        heading = widgets.HTML(rendered("kop.html", kop=self._texts["uitnodiging_kop"]))
        return [heading, *self._invitation.values(), self._button("uitnodigen", self._invite), self._link]

    def _of_accounts(self) -> list[widgets.Widget]:
        return [self._accounts, self._leaving, self._button("weghalen", self._remove)]

    async def _show(self) -> None:
        standing = await self._session.call("standing")
        self._schools.value = rendered("schools.html", texts=self._texts, **standing)
        known = await self._session.call("accounts")
        self._accounts.value = rendered("accounts.html", texts=self._texts, **known)

    async def _add_school(self) -> None:
        school = {name: field.value.strip() for name, field in self._school.items()}
        try:
            school["vestigingsnummer"] = check_vestigingsnummer(school["vestigingsnummer"])
        except RegisterError:
            self._telling.say(self._texts["geen_vestigingsnummer"], fault=True)
            return
        gezag = school.pop("bevoegd_gezag_nummer") or None
        await self._session.call("add_school", school={**school, "bevoegd_gezag_nummer": gezag})
        self._telling.say(self._texts["school_toegevoegd"].format(**school))
        await self._show()

    async def _invite(self) -> None:
        wanted = {name: field.value.strip() for name, field in self._invitation.items()}
        of = "vestigingsnummer" if wanted["role"] == "coordinator" else "bevoegd_gezag_nummer"
        given = {"name": wanted["name"], "role": wanted["role"], of: wanted["number"]}
        answer = await self._session.call("invite", days=DAYS, **given)
        address = os.environ.get(client.ADDRESS_VARIABLE, "")
        link = f"{address.rstrip('/')}/school/uitnodiging#{answer['token']}"
        self._link.text = self._texts["mail"].format(naam=wanted["name"], link=link, dagen=answer["days"])
        self._telling.say(self._texts["uitgenodigd"])
        await self._show()

    async def _remove(self) -> None:
        await self._session.call("remove_account", name=self._leaving.value)
        self._telling.say(self._texts["weggehaald"])
        await self._show()

    def _offer(self, words: str, codes: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(self._texts[words][code], code) for code in codes]

    def _button(self, name: str, work: Any) -> widgets.Button:  # noqa: ANN401 - a coroutine function
        button = widgets.Button(description=self._texts[name])
        button.on_click(lambda _button: self._telling.soon(work))
        return button


def _fields(labels: dict[str, str], choices: dict[str, Any]) -> dict[str, widgets.ValueWidget]:
    return {
        name: widgets.Dropdown(description=label, options=choices[name])
        if name in choices
        else widgets.Text(description=label)
        for name, label in labels.items()
    }
