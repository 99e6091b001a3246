"""What worker and office share: Voilà with nothing served by default, and logs without addresses."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import Any, ClassVar, Final

from tornado.web import Application, RequestHandler
from traitlets import Instance, Unicode
from traitlets.config import Config
from voila.app import Voila
from voila.configuration import VoilaConfiguration
from voila.paths import collect_template_paths

from instrument.serving import assets, kernels, lasting, login
from instrument.serving.headers import HEADERS, SafeHeaders
from instrument.serving.measured import MeasuredBroker
from instrument.serving.metrics import Figures
from instrument.serving.sessions import frames
from instrument.serving.visitors import VisitorIdentity, Visitors
from instrument.store import client

SHARE: Final = Path(__file__).parent / "share" / "jupyter"
KERNEL: Final = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
WIDGETS: Final = ["@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget"]
"""What a page loads; without this list every installed widget library comes along, 14 MB."""
PING_SECONDS: Final = 30
logger: Final = logging.getLogger("weerglas.serving")


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


class Nothing(RequestHandler):
    """Every other address; none of Jupyter's, whose error pages ask first who is asking."""

    def set_default_headers(self) -> None:
        """Give what every page gives."""
        for name, value in self.settings["headers"].items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Say that there is nothing here."""
        self.set_status(404)
        self.finish(login.TEMPLATES.get_template("error.html").render(status_code=404))


class SchoolVoila(Voila):
    """Voilà for the doors of a school: holds no key and opens no store, only a socket to the broker."""

    broker = Instance(Path)
    cookie_secret = Unicode()
    config_file_paths: ClassVar[list[str]] = []  # no stray voila.json decides what is served

    def init_settings(self) -> dict[str, Any]:
        """Add the visitors and the broker; take away what Voilà serves by default."""
        settings: dict[str, Any] = super().init_settings()
        self.kernel_manager.allowed_message_types = kernels.ALLOWED_MESSAGES
        figures = Figures()
        return settings | {
            "visitors": Visitors(),
            "figures": figures,
            "broker": MeasuredBroker(self.broker, figures),
            "cookie_secret": self.cookie_secret,
            "xsrf_cookies": True,
            "headers": HEADERS,
            "log_function": log_request,
            "compress_response": True,
            "websocket_max_message_size": frames.LARGEST_FRAME,
            "websocket_ping_interval": PING_SECONDS,
            "ws_ping_timeout": 1000 * PING_SECONDS,  # Jupyter's own default is one that tornado refuses
            "jinja2_env": login.TEMPLATES,  # error pages of our own
            "default_handler_class": Nothing,
        }

    def listen(self) -> None:
        """Serve until told to stop; Voilà's own way would try other ports and open a browser."""
        self.app.transforms.insert(0, SafeHeaders)
        self.serve(self.app)

    def serve(self, application: Application) -> None:
        """Open the door and run; a subclass knows which."""
        raise NotImplementedError

    def stop(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.connection_dir, ignore_errors=True)

    def page(self, notebook: str, *, template: str) -> dict[str, Any]:
        """Return what Voilà needs to render a notebook."""
        configuration = VoilaConfiguration(config=self.config, template=template)
        configuration.page_config_hook = _with_assets
        return {
            "notebook_path": notebook,
            "template_paths": collect_template_paths(["voila", "nbconvert"], template, prune=True),
            "config": self.config,
            "voila_configuration": configuration,
        }


def _with_assets(current_page_config: dict[str, Any], **_: object) -> dict[str, Any]:
    """Add the names of the pupil's files to what a template knows, and of Voilà's an edition."""
    names = {"module": assets.module().name, "style": assets.style().name, "font": assets.font().name}
    static = f"{current_page_config['fullStaticUrl']}/{lasting.edition()}"
    return {**current_page_config, "fullStaticUrl": static, "weerglasAssets": names}


def log_request(handler: RequestHandler) -> None:
    """Log and count method, kind of page, status and time: never an address, which may hold an id."""
    seconds, kind, status = handler.request.request_time(), type(handler).__name__, handler.get_status()
    figures: Figures = handler.settings["figures"]
    figures.count("requests_total", page=kind, status=f"{status // 100}xx")
    if status != 101:  # noqa: PLR2004 - a socket's request lasts as long as the socket
        figures.took("request_seconds", seconds)
    level = logging.ERROR if status >= 500 else logging.DEBUG  # noqa: PLR2004 - server faults
    logger.log(level, "%s %s %d %d ms", handler.request.method, kind, status, round(1000 * seconds))


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


def run(
    kind: type[SchoolVoila],
    broker: Path,
    notebooks: Path,
    *,
    cookie_secret: str,
    **options: Any,  # noqa: ANN401 - of the kind
) -> None:
    """Run a worker or the office until SIGTERM or SIGINT."""
    os.environ["JUPYTER_PATH"] = str(SHARE)
    application = kind(
        config=configuration(),
        broker=broker,
        cookie_secret=cookie_secret,
        root_dir=str(notebooks),
        open_browser=False,
        identity_provider_class=VisitorIdentity,
        log_level=logging.ERROR,  # below it, Jupyter logs kernel ids
        **options,
    )
    application.initialize(argv=[])
    application.start()
