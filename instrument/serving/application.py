"""Voilà with the doors in front: two pages, each for one kind of visitor, and nothing else to reach."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from jupyter_server.base.handlers import FileFindHandler, JupyterHandler
from tornado.web import HTTPError, RequestHandler
from traitlets import Instance, Unicode
from traitlets.config import Config
from voila.app import Voila
from voila.configuration import VoilaConfiguration
from voila.paths import collect_template_paths
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler

from instrument.serving import assets, kernels, login, messages
from instrument.serving.visitors import COORDINATOR, OPENING, PUPIL, VisitorIdentity, Visitors
from instrument.store import client

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARE: Final = Path(__file__).parent / "share" / "jupyter"
KERNEL: Final = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
WIDGETS: Final = ["@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget"]
"""What a page loads; without this list every installed widget library comes along, 14 MB."""
POLICY: Final = (
    "default-src 'self'",
    # JupyterLab's front end compiles schemas (eval); anywidget imports its module from a blob.
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
STRICT_POLICY: Final = (
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
HEADERS: Final = {
    "Content-Security-Policy": "; ".join(POLICY),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no-referrer would send a form with "Origin: null",
}
logger: Final = logging.getLogger("weerglas.serving")


class Page(TornadoVoilaHandler):
    """A notebook as a page, for visitors of one role; others are sent to its door."""

    role: ClassVar[str]
    door: ClassVar[str]

    def get_login_url(self) -> str:
        """Return the door of this page."""
        return self.door

    async def get(self, path: str | None = None) -> None:
        """Open the page in a kernel of the visitor's own."""
        visitor = self.settings["visitors"].of(self)
        if visitor is None or visitor.role != self.role:
            self.redirect(self.door)
            return
        OPENING.set(visitor)
        _ = self.xsrf_token  # sets the cookie that the page's farewell needs (voila issue 1458)
        await super().get(path)


class PupilPage(Page):
    """`/leerling`."""

    role = PUPIL
    door = "/"

    @property
    def content_security_policy(self) -> str:
        """Nothing inline, nothing evaluated: this page's front end is our own."""
        return "; ".join(STRICT_POLICY)


class CoordinatorPage(Page):
    """`/coordinator`."""

    role = COORDINATOR
    door = "/school"


class Health(RequestHandler):
    """`/healthz`: whether this server can reach the broker."""

    async def get(self) -> None:
        """Answer 200, or 503 while the broker is away."""
        try:
            await self.settings["broker"].call("health")
        except client.BrokerUnreachable:
            self.set_status(503)
            self.finish({"status": "broker unreachable"})
        else:
            self.finish({"status": "ok"})


class Nothing(JupyterHandler):
    """Every other address."""

    async def prepare(self) -> None:  # type: ignore[override]  # Jupyter's has an argument that nobody gives
        """Say that there is nothing here."""
        raise HTTPError(404)


class SchoolVoila(Voila):
    """The server of `weerglas serve`: holds no key and opens no store, only a socket to the broker."""

    broker = Instance(Path)
    cookie_secret = Unicode()
    config_file_paths: ClassVar[list[str]] = []  # no stray voila.json decides what is served

    def init_settings(self) -> dict[str, Any]:
        """Add the visitors and the broker; take away what Voilà serves by default."""
        settings: dict[str, Any] = super().init_settings()
        self.kernel_manager.allowed_message_types = kernels.ALLOWED_MESSAGES
        return settings | {
            "visitors": Visitors(),
            "broker": client.BrokerClient(self.broker),
            "cookie_secret": self.cookie_secret,
            "xsrf_cookies": True,
            "headers": HEADERS,
            "log_function": log_request,
            "compress_response": True,
            "websocket_max_message_size": kernels.LARGEST_FRAME,
            "ws_ping_timeout": 30_000,  # milliseconds; Jupyter's own default is one that tornado refuses
            "jinja2_env": login.TEMPLATES,  # error pages of our own
            "default_handler_class": Nothing,
        }

    def init_handlers(self) -> Sequence[tuple[Any, ...]]:
        """Return every address there is."""
        return [
            ("/", login.PupilDoor),
            ("/en", login.PupilDoor, {"language": "en"}),
            ("/school", login.CoordinatorDoor),
            ("/uit", login.WayOut),
            ("/healthz", Health),
            ("/leerling", PupilPage, self._page("10_leerling.ipynb", template="leerling")),
            ("/leerling/bericht", messages.PupilMessages),
            ("/coordinator", CoordinatorPage, self._page("20_coordinator.ipynb", template="weerglas")),
            ("/blad/(.*)", assets.AssetHandler),
            (rf"/api/kernels/{KERNEL}", kernels.OwnKernelModel),
            (rf"/api/kernels/{KERNEL}/channels", kernels.OwnKernelSocket),
            (rf"/voila/api/shutdown/{KERNEL}", kernels.OwnKernelShutdown),
            ("/voila/templates/(.*)", TemplateStaticFileHandler),
            ("/voila/static/(.*)", MultiStaticFileHandler, {"paths": self.static_paths}),
            ("/voila/labextensions/(.*)", FileFindHandler, {"path": self.labextensions_path}),
        ]

    def _page(self, notebook: str, *, template: str) -> dict[str, Any]:
        configuration = VoilaConfiguration(config=self.config, template=template)
        configuration.page_config_hook = _with_assets
        return {
            "notebook_path": notebook,
            "template_paths": collect_template_paths(["voila", "nbconvert"], template, prune=True),
            "config": self.config,
            "voila_configuration": configuration,
        }


def _with_assets(current_page_config: dict[str, Any], **_: object) -> dict[str, Any]:
    """Add the names of the pupil's files to what a template knows."""
    names = {"module": assets.module().name, "style": assets.style().name, "font": assets.font().name}
    return {**current_page_config, "weerglasAssets": names}


def log_request(handler: RequestHandler) -> None:
    """Log method, kind of page, status and time: never an address, which may hold an id."""
    milliseconds = round(1000 * handler.request.request_time())
    level = logging.ERROR if handler.get_status() >= 500 else logging.DEBUG  # noqa: PLR2004 - server faults
    logger.log(
        level,
        "%s %s %d %d ms",
        handler.request.method,
        type(handler).__name__,
        handler.get_status(),
        milliseconds,
    )


def configuration() -> Config:
    """Return Voilà's settings: our template, our widgets, nothing that a query string can change."""
    return Config(
        VoilaConfiguration={
            "template": "weerglas",
            "extension_allowlist": WIDGETS,
            "file_allowlist": [],
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "show_tracebacks": False,
            "multi_kernel_manager_class": kernels.VisitorKernels,
        },
        VisitorKernels={"cull_idle_timeout": 1800, "cull_interval": 60},
        # Files in a folder of this user alone instead of ports that every user of the machine can try.
        KernelManager={"transport": "ipc"},
    )


def serve(broker: Path, notebooks: Path, *, ip: str, port: int, cookie_secret: str) -> None:
    """Serve both pages until SIGTERM or SIGINT."""
    os.environ["JUPYTER_PATH"] = str(SHARE)
    application = SchoolVoila(
        config=configuration(),
        broker=broker,
        cookie_secret=cookie_secret,
        root_dir=str(notebooks),
        ip=ip,
        port=port,
        port_retries=0,
        open_browser=False,
        identity_provider_class=VisitorIdentity,
        log_level=logging.ERROR,  # below it, Jupyter logs kernel ids,
    )
    application.initialize(argv=[])
    application.start()
