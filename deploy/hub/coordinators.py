"""The coordinator's page as a service of JupyterHub: the Hub says who it is, a group says of which vestiging.

The office of `weerglas serve`, with the Hub's login in place of name and password. The broker takes the Hub's
word by its operation `vouch`, for an account that it knows by the Hub's name of the person: so the ledger of
toestemming names the person. Both must agree on the vestiging: the group at the Hub, the account here.
"""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click
from jinja2 import Environment, FileSystemLoader
from jupyter_core.utils import run_sync
from jupyterhub.singleuser.extension import JupyterHubIdentityProvider, JupyterHubOAuthCallbackHandler
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.web import RedirectHandler, authenticated

from commands.options import DATA
from commands.serve import NOTEBOOKS
from instrument.serving import application, kernels, login, office, warm_kernels
from instrument.serving.invitation import InvitationDoor
from instrument.serving.visitors import Visitor, Visitors
from instrument.store.accounts.roles import COORDINATOR
from instrument.store.client import BrokerUnreachable, Refused
from instrument.store.data_folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tornado.web import Application, RequestHandler

HERE: Final = Path(__file__).parent
PAGES: Final = Environment(loader=FileSystemLoader(HERE), autoescape=True)
SENTENCES: Final = tomllib.loads((HERE / "sentences.toml").read_text("utf-8"))
SCHOOL_GROUP: Final = re.compile(r"school-(.+)", re.IGNORECASE)
CALLBACK, LOGOUT = "/oauth_callback", "/logout"


class HubIdentity(JupyterHubIdentityProvider):  # type: ignore[misc]  # publishes no types
    """Tells Jupyter's handlers who is asking, as the Hub knows it; nobody where the Hub gives no access."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - as Jupyter's
        super().__init__(**{name: options[name] for name in ("parent", "log")})  # a token and a door it has


class HubVisitors(Visitors):
    """Knows a visit by the Hub's user and vestiging: no cookie holds a capability or outlives the Hub's."""

    def welcome(self, handler: RequestHandler, visitor: Visitor) -> None:
        """Keep a visit."""
        self._known[_who(handler)] = visitor

    def of(self, handler: RequestHandler) -> Visitor | None:
        """Return the visit of whoever the Hub says is asking."""
        return self._known.get(_who(handler))

    def leave(self, handler: RequestHandler) -> Visitor | None:
        """Forget a visit."""
        return self._known.pop(_who(handler), None)


class HubDoor(login.PlainPage):
    """`school`: no form; opens the page of the vestiging in whose group the Hub's user is."""

    @authenticated
    async def get(self) -> None:
        """Begin a session at the broker, and go in."""
        try:
            session = await self._vouched()
        except BrokerUnreachable:
            self._turn_away(503, "unreachable")
            return
        if session is None or session["vestigingsnummer"] != vestiging_of(self):
            self._turn_away(403, "no_school")
            return
        await login.end_visit(self)
        self.settings["visitors"].welcome(self, Visitor(COORDINATOR, session["session"]))
        self.redirect(self.base_url + "coordinator")

    async def _vouched(self) -> dict[str, Any] | None:
        """Return the session of the coordinator's account that bears the name of the Hub's user."""
        voucher, name = self.settings["voucher"], name_of(self)
        try:
            session: dict[str, Any] = await self.settings["broker"].call(
                "vouch", capability=voucher, name=name
            )
        except Refused:
            return None
        return session if session["role"] == COORDINATOR else None

    def _turn_away(self, status: int, reason: str) -> None:
        self.set_status(status)
        page = PAGES.get_template("turned_away.html")
        self.finish(page.render(words=SENTENCES, fault=SENTENCES[reason], way_out=self.base_url + "uit"))


class HubWayOut(login.PlainPage):
    """`uit`: end the visit, and log out at the Hub."""

    @authenticated
    async def get(self) -> None:
        """Leave."""
        await login.end_visit(self)
        self.redirect(self.base_url + LOGOUT.strip("/"))


class HubPage(office.CoordinatorPage):
    """`coordinator`: who has no visit yet comes by the door."""

    def get_login_url(self) -> str:
        """Return the Hub's, which its identity provider puts here when it sends somebody to log in."""
        return str(self.settings["login_url"])

    @authenticated
    async def get(self, path: str | None = None) -> None:  # type: ignore[override]  # tornado widens it
        """Open the page, or the door."""
        if self.settings["visitors"].of(self) is None:
            self.redirect(self.base_url + office.DOOR.strip("/"))
        else:
            await super().get(path)


class KnownToHub:
    """Mixed into a handler that asks for its visitor before Jupyter asks who is there."""

    async def prepare(self: Any) -> None:
        """Ask the Hub first."""
        await self.settings["identity_provider"].get_user(self)
        await super().prepare()  # type: ignore[misc]  # the handler that is mixed into


class HubKernelModel(KnownToHub, kernels.OwnKernelModel):  # type: ignore[misc]  # a mix-in before an untyped handler
    """The kernel's state."""


class HubKernelSocket(KnownToHub, kernels.OwnKernelSocket):
    """The kernel's WebSocket."""


class HubKernelShutdown(KnownToHub, kernels.OwnKernelShutdown):
    """The page's farewell."""


IN_PLACE_OF: Final = {
    login.CoordinatorDoor: HubDoor,
    login.WayOut: HubWayOut,
    office.CoordinatorPage: HubPage,
    kernels.OwnKernelModel: HubKernelModel,
    kernels.OwnKernelSocket: HubKernelSocket,
    kernels.OwnKernelShutdown: HubKernelShutdown,
}


class HubOffice(office.Office):
    """The office under the Hub's prefix, on a loopback port that the Hub's proxy knows."""

    def init_settings(self) -> dict[str, Any]:
        """Add what the door needs; the Hub's identity in place of the office's."""
        self.identity_provider_class = HubIdentity
        return super().init_settings() | {"visitors": HubVisitors(), "voucher": self.voucher}

    def init_handlers(self) -> Sequence[tuple[Any, ...]]:
        """Return every address of a coordinator, under the prefix."""
        hub = self.identity_provider
        addresses = [
            ("/", RedirectHandler, {"url": self.base_url + office.DOOR.strip("/"), "permanent": False}),
            (LOGOUT, hub.logout_handler_class),
            (CALLBACK, JupyterHubOAuthCallbackHandler, {"hub_auth": hub.hub_auth}),
            *super().init_handlers(),
        ]
        prefix = self.base_url.rstrip("/")
        here = [entry for entry in addresses if entry[1] is not InvitationDoor]  # the Hub knows who it is
        return [(prefix + path, IN_PLACE_OF.get(kind, kind), *rest) for path, kind, *rest in here]

    def serve(self, application: Application) -> None:
        """Listen to the Hub's proxy until SIGTERM."""
        HTTPServer(application, xheaders=True).listen(self.port, self.ip)
        warm_kernels.warm_up(warm_kernels.PAGE)
        self.ioloop = IOLoop.current()
        try:
            self.ioloop.start()
        finally:
            run_sync(self.kernel_manager.shutdown_all)()
            self.stop()


def vestiging_of(handler: RequestHandler) -> str | None:
    """Return the one vestiging of the Hub's user who asks; None where there is none, or more than one."""
    user = getattr(handler, "_jupyterhub_user", None)  # set by the Hub's identity provider
    groups = user.hub_user["groups"] if user else []
    named = [found[1] for found in map(SCHOOL_GROUP.fullmatch, groups) if found]
    return named[0].upper() if len(named) == 1 else None


def name_of(handler: RequestHandler) -> str:
    """Return the Hub's name of the user who asks; nothing where nobody is known."""
    user = getattr(handler, "_jupyterhub_user", None)
    return str(user.username) if user else ""


def _who(handler: RequestHandler) -> str:
    name = name_of(handler)
    return f"{vestiging_of(handler)} {name}" if name else ""


@click.command()
@DATA
def serve(data: Path) -> None:
    """Serve coordinators; started by JupyterHub, which says where in the environment."""
    folder, here = DataFolder(data), urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    application.run(
        HubOffice,
        folder.socket,
        NOTEBOOKS,
        cookie_secret=secrets.token_hex(32),
        voucher=folder.voucher_key,
        base_url=os.environ["JUPYTERHUB_SERVICE_PREFIX"],
        ip=here.hostname,
        port=here.port,
    )


if __name__ == "__main__":
    serve()
