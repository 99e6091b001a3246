"""The office: the one process with coordinators' pages and kernels; only workers can reach its socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_core.utils import run_sync
from jupyter_server.base.handlers import FileFindHandler
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_unix_socket
from traitlets import Unicode
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler

from instrument.serving import kernels, login
from instrument.serving.application import KERNEL, Health, SchoolVoila
from instrument.serving.visitors import COORDINATOR, OPENING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tornado.web import Application

DOOR = "/school"


class CoordinatorPage(TornadoVoilaHandler):
    """`/coordinator`: the notebook as a page; others are sent to the door."""

    def get_login_url(self) -> str:
        """Return the door of this page."""
        return DOOR

    async def get(self, path: str | None = None) -> None:
        """Open the page in a kernel of the visitor's own."""
        visitor = self.settings["visitors"].of(self)
        if visitor is None or visitor.role != COORDINATOR:
            self.redirect(DOOR)
            return
        OPENING.set(visitor)
        _ = self.xsrf_token  # sets the cookie that the page's farewell needs (voila issue 1458)
        await super().get(path)


class Office(SchoolVoila):
    """Real kernels, bound to their login."""

    socket = Unicode()

    def init_handlers(self) -> Sequence[tuple[Any, ...]]:
        """Return every address of a coordinator."""
        return [
            (DOOR, login.CoordinatorDoor),
            ("/uit", login.WayOut),
            ("/healthz", Health),
            ("/coordinator", CoordinatorPage, self.page("20_coordinator.ipynb", template="weerglas")),
            (rf"/api/kernels/{KERNEL}", kernels.OwnKernelModel),
            (rf"/api/kernels/{KERNEL}/channels", kernels.OwnKernelSocket),
            (rf"/voila/api/shutdown/{KERNEL}", kernels.OwnKernelShutdown),
            ("/voila/templates/(.*)", TemplateStaticFileHandler),
            ("/voila/static/(.*)", MultiStaticFileHandler, {"paths": self.static_paths}),
            ("/voila/labextensions/(.*)", FileFindHandler, {"path": self.labextensions_path}),
        ]

    def serve(self, application: Application) -> None:
        """Listen to workers until SIGTERM; they say whom they speak for, and nobody else can be there."""
        server = HTTPServer(application, xheaders=True)
        server.add_socket(bind_unix_socket(self.socket, mode=0o600))
        self.ioloop = IOLoop.current()
        try:
            self.ioloop.start()
        finally:
            run_sync(self.kernel_manager.shutdown_all)()
            self.stop()
