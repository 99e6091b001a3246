"""The office: the one process with pages and kernels of accounts; only workers can reach its socket."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from jupyter_core.utils import run_sync
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_unix_socket
from traitlets import Unicode
from voila.static_file_handler import TemplateStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler

from instrument.serving import kernels, lasting, login, warm_kernels
from instrument.serving.application import KERNEL, Health, SchoolVoila
from instrument.serving.invitation import InvitationDoor
from instrument.serving.visitors import OPENING
from instrument.store.accounts import roles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tornado.web import Application

DOOR = "/school"


class CoordinatorPage(TornadoVoilaHandler):
    """`/coordinator`: the notebook as a page; others are sent to the door."""

    role: ClassVar[str] = roles.COORDINATOR

    def get_login_url(self) -> str:
        """Return the door of this page."""
        return DOOR

    async def get(self, path: str | None = None) -> None:
        """Open the page in a kernel of the visitor's own."""
        visitor = self.settings["visitors"].of(self)
        if visitor is None or visitor.role != self.role:
            self.redirect(DOOR)
            return
        visitor.address = f"{self.request.protocol}://{self.request.host}{self.base_url}"
        OPENING.set(visitor)
        _ = self.xsrf_token  # sets the cookie that the page's farewell needs (voila issue 1458)
        await super().get(path)


class BoardPage(CoordinatorPage):
    """`/bestuur`."""

    role = roles.BESTUUR


class ProviderPage(CoordinatorPage):
    """`/aanbieder`."""

    role = roles.AANBIEDER


class ResearcherPage(CoordinatorPage):
    """`/onderzoeker`."""

    role = roles.ONDERZOEKER


PAGES: Final[dict[type[CoordinatorPage], str]] = {
    CoordinatorPage: "20_coordinator.ipynb",
    BoardPage: "21_bestuur.ipynb",
    ProviderPage: "22_aanbieder.ipynb",
    ResearcherPage: "23_onderzoeker.ipynb",
}


class Office(SchoolVoila):
    """Real kernels, bound to their login."""

    socket = Unicode()
    openid = Unicode()
    """The settings of an OpenID provider; empty where there is none."""
    voucher = Unicode()
    """The capability under which the broker takes the provider's word from us."""

    def init_settings(self) -> dict[str, Any]:
        """Add the OpenID provider, where one is named."""
        settings = super().init_settings()
        if not self.openid:
            return settings
        from instrument.serving import openid  # noqa: PLC0415 - authlib, for whoever has a provider

        provider = openid.read(Path(self.openid))
        known = {"openid": provider, "openid_name": provider.name, "voucher": self.voucher}
        return settings | known

    def init_handlers(self) -> Sequence[tuple[Any, ...]]:
        """Return every address of a coordinator."""
        return [
            (DOOR, login.CoordinatorDoor),
            (f"{DOOR}/uitnodiging", InvitationDoor),
            *self._openid_doors(),
            ("/uit", login.WayOut),
            ("/healthz", Health),
            *(
                (login.INSIDE[page.role], page, self.page(notebook, template="weerglas"))
                for page, notebook in PAGES.items()
            ),
            (rf"/api/kernels/{KERNEL}", kernels.OwnKernelModel),
            (rf"/api/kernels/{KERNEL}/channels", kernels.OwnKernelSocket),
            (rf"/voila/api/shutdown/{KERNEL}", kernels.OwnKernelShutdown),
            ("/voila/templates/(.*)", TemplateStaticFileHandler),
            (f"/voila/static/{lasting.edition()}/(.*)", lasting.LastingStatic, {"paths": self.static_paths}),
            ("/voila/labextensions/(.*)", lasting.LastingExtensions, {"path": self.labextensions_path}),
        ]

    def _openid_doors(self) -> list[tuple[Any, ...]]:
        if not self.openid:
            return []
        from instrument.serving import openid_door  # noqa: PLC0415 - authlib, for whoever has a provider

        return [
            (f"{DOOR}/openid", openid_door.OpenIdDoor),
            (f"{DOOR}/openid/terug", openid_door.OpenIdReturn),
        ]

    def serve(self, application: Application) -> None:
        """Listen to workers until SIGTERM; they say whom they speak for, and nobody else can be there."""
        server = HTTPServer(application, xheaders=True)
        server.add_socket(bind_unix_socket(self.socket, mode=0o600))
        warm_kernels.warm_up(warm_kernels.PAGE)
        self.ioloop = IOLoop.current()
        try:
            self.ioloop.start()
        finally:
            run_sync(self.kernel_manager.shutdown_all)()
            self.stop()
