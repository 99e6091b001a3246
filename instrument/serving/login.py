"""The doors: a pupil's deelnamecode, a coordinator's name and password; plain HTML, and no kernel."""

from __future__ import annotations

import tomllib
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler

from instrument.serving import assets
from instrument.serving.visitors import PUPIL, Visitor
from instrument.store.accounts import roles
from instrument.store.client import BrokerClient, BrokerUnreachable, Refused

PAGES: Final = Path(__file__).parent / "pages"
SENTENCES: Final[dict[str, dict[str, dict[str, str]]]] = tomllib.loads(
    (PAGES / "sentences.toml").read_text("utf-8")
)
TEMPLATES: Final = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined)
TEMPLATES.globals["style"] = lambda: assets.door_style().name
TEMPLATES.globals["script"] = lambda: assets.door_script().name
DUTCH: Final = "nl"
LANGUAGE_COOKIE: Final = "weerglas_taal"
LONGEST_FIELD: Final = 200
INSIDE: Final = {
    PUPIL: "/leerling",
    roles.COORDINATOR: "/coordinator",
    roles.BESTUUR: "/bestuur",
    roles.AANBIEDER: "/aanbieder",
    roles.ONDERZOEKER: "/onderzoeker",
}
"""Where each role comes in."""


class PlainPage(JupyterHandler):
    """A page without JavaScript, open to everybody."""

    def show(self, page: str, **values: object) -> None:
        """Write one of the pages in `pages/`."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(TEMPLATES.get_template(page).render(xsrf=self.xsrf_token.decode(), **values))


class Door(PlainPage, ABC):
    """A form that asks the broker for a session and then shows the way in."""

    role: ClassVar[str]
    """Of whom the words of the page are; the broker says of which role somebody is."""
    page: ClassVar[str]

    def initialize(self, language: str = DUTCH) -> None:
        """Take the language that the address stands for."""
        self.language = language
        self.words = SENTENCES[language][self.role]

    @abstractmethod
    async def ask(self) -> dict[str, Any]:
        """Ask the broker to open a session with what was filled in."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Show the form."""
        self.show(self.page, fault="", words=self.words, language=self.language)

    @allow_unauthenticated
    async def post(self) -> None:
        """Let in whom the broker knows; tell anybody else in one sentence what to do."""
        try:
            session = await self.ask()
        except Refused as refusal:
            self.turn_away(403, refusal.reason)
        except BrokerUnreachable:
            self.turn_away(503, "unreachable")
        else:
            await self.let_in(session)

    @property
    def broker(self) -> BrokerClient:
        """The server's connection to the broker."""
        client: BrokerClient = self.settings["broker"]
        return client

    def filled_in(self, name: str) -> str:
        """Return what was filled in, cut to a sane length."""
        return str(self.get_body_argument(name, "", strip=True))[:LONGEST_FIELD]

    async def let_in(self, session: dict[str, Any]) -> None:
        """Begin the visit of a session that the broker gave, and show the page of its role."""
        await end_visit(self)
        role = str(session.get("role", self.role))
        visitor = Visitor(role=role, capability=str(session["session"]))
        self.settings["visitors"].welcome(self, visitor)
        self.set_cookie(LANGUAGE_COOKIE, self.language, samesite="Strict")  # read by the page
        self.redirect(INSIDE[role], status=303)

    def turn_away(self, status: int, reason: str, **values: object) -> None:
        """Show the form again, with the sentence of a reason."""
        self.set_status(status)
        fault = self.words.get(reason, self.words["otherwise"])
        self.show(self.page, fault=fault, words=self.words, language=self.language, **values)


class PupilDoor(Door):
    """`/` and `/en`: the deelnamecode; sent as a form, so that it stands in no address and no log."""

    role = PUPIL
    page = "deelnamecode.html"

    async def ask(self) -> dict[str, Any]:
        """Open the draft of a deelnamecode."""
        code, address = self.filled_in("deelnamecode"), str(self.request.remote_ip)
        return await self.broker.call("enter", code=code, address=address)


class CoordinatorDoor(Door):
    """`/school`: name and password of everybody with an account."""

    role = roles.COORDINATOR
    page = "inloggen.html"

    def show(self, page: str, **values: object) -> None:
        """Offer the OpenID provider too, where there is one."""
        super().show(page, provider=self.settings.get("openid_name", ""), **values)

    async def ask(self) -> dict[str, Any]:
        """Open the page of an account."""
        name, password = self.filled_in("naam"), self.filled_in("wachtwoord")
        address = str(self.request.remote_ip)
        return await self.broker.call("login", name=name, password=password, address=address)


class WayOut(PlainPage):
    """`/uit`: forget the visitor, end the kernel."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Leave, and say so."""
        await end_visit(self)
        self.show("uit.html")


async def end_visit(handler: JupyterHandler) -> None:
    """Forget the visitor of a request, here and at the broker, and end the kernel of the visit."""
    visitor = handler.settings["visitors"].leave(handler)
    if visitor:
        # At the broker too: a copy of the cookie opens nothing at any worker any more.
        with suppress(Refused, BrokerUnreachable):
            await handler.settings["broker"].call("leave", capability=visitor.capability)
        await handler.settings["kernel_manager"].end_kernel_of(visitor.kernel_id)
