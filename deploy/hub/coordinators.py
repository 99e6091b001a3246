"""The coordinator's page as a service of JupyterHub: the Hub says who it is, a group says of which vestiging.

The office of `weerglas serve`, with the Hub's login in place of name and password. The broker opens a
coordinator's session for a password only; so each vestiging has a stand-in account, whose password lies in a
file of this machine and never reaches a browser. The ledger of toestemming therefore names the stand-in, not
the person. What would end that is an operation of the broker, `vouch`: called with the fields
`vestigingsnummer` and `account` (the Hub's name of the person) under a capability of its own, which may do
nothing else; answered, as `login` is, with `session` and `vestigingsnummer`.
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

from commands.options import DATA, read_password
from commands.serve import NOTEBOOKS
from instrument.school import RegisterError, check_vestigingsnummer
from instrument.serving import application, kernels, login, office
from instrument.serving.invitation import InvitationDoor
from instrument.serving.visitors import Visitor, Visitors
from instrument.store.client import BrokerUnreachable, Refused
from instrument.store.data_folder import DataFolder
from instrument.store.roles import COORDINATOR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        account = self.settings["accounts"].get(vestiging_of(self))
        if account is None:
            self._turn_away(403, "no_school")
            return
        try:
            session = await self.settings["broker"].call("login", **account)
        except Refused:
            self._turn_away(403, "wrong_login")
        except BrokerUnreachable:
            self._turn_away(503, "unreachable")
        else:
            await login.end_visit(self)
            self.settings["visitors"].welcome(self, Visitor(COORDINATOR, session["session"]))
            self.redirect(self.base_url + "coordinator")

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

    accounts: Mapping[str, Mapping[str, str]]

    def init_settings(self) -> dict[str, Any]:
        """Add what the door needs; the Hub's identity in place of the office's."""
        self.identity_provider_class = HubIdentity
        return super().init_settings() | {"visitors": HubVisitors(), "accounts": self.accounts}

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


def read_accounts(file: Path) -> dict[str, dict[str, str]]:
    """Return name and password of the stand-in account per vestiging; refuses a file that others can read."""
    found = tomllib.loads(read_password(file) or "")
    faults = [fault for number, account in found.items() if (fault := _fault(number, account))]
    if faults:
        raise click.UsageError("\n".join(f"{file}: {fault}" for fault in faults))
    return found


def _fault(number: str, account: Any) -> str | None:  # noqa: ANN401 - not known yet
    try:
        check_vestigingsnummer(number)
    except RegisterError as fault:
        return str(fault)
    complete = isinstance(account, dict) and account.keys() == {"name", "password"}
    return None if complete else f"[{number}]: give a name and a password, as of `weerglas account add`"


def _who(handler: RequestHandler) -> str:
    user = getattr(handler, "_jupyterhub_user", None)
    return f"{vestiging_of(handler)} {user.username}" if user else ""


@click.command()
@DATA
@click.option("--accounts", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
def serve(data: Path, accounts: Path) -> None:
    """Serve coordinators; started by JupyterHub, which says where in the environment."""
    HubOffice.accounts = read_accounts(accounts)
    here = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    application.run(
        HubOffice,
        DataFolder(data).socket,
        NOTEBOOKS,
        cookie_secret=secrets.token_hex(32),
        base_url=os.environ["JUPYTERHUB_SERVICE_PREFIX"],
        ip=here.hostname,
        port=here.port,
    )


if __name__ == "__main__":
    serve()
