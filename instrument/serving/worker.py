"""A worker: doors, the pupil's page and its sessions; passes on to the office what is a coordinator's."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import mimetypes
import os
import signal
from typing import TYPE_CHECKING, Any, Final

from tornado.httpserver import HTTPServer
from tornado.ioloop import PeriodicCallback
from tornado.netutil import bind_sockets
from tornado.web import RequestHandler
from traitlets import Bool, Integer, Unicode
from voila.utils import get_page_config

from instrument.serving import assets, login, messages, nursery, sandbox
from instrument.serving.application import KERNEL, Health, SchoolVoila
from instrument.serving.measured import MeasuredBroker
from instrument.serving.proxy import OfficeLine, ToOffice, pass_on
from instrument.serving.sessions import page
from instrument.serving.sessions.names import Names
from instrument.serving.sessions.notebook import CompiledNotebook
from instrument.serving.sessions.register import Register
from instrument.serving.sessions.sockets import GOING_AWAY, KernelSocket, SessionFarewell, SessionModel
from instrument.serving.visitors import PUPIL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tornado.web import Application

    from instrument.serving.metrics import Figures

NOTEBOOK: Final = "10_leerling.ipynb"
OFFICE_PAGES: Final = (
    "/(?:school(?:/uitnodiging|/openid|/openid/terug)?|coordinator|bestuur|aanbieder|onderzoeker)"
)
LARGEST_BODY: Final = 256 * 1024
"""Of a form or a message; more is refused while it comes in, without a page of ours."""
BACKLOG: Final = 1024
BEAT_MS: Final = 1000
SWEEP_MS: Final = 5000
DRAINING_SECONDS: Final = 3.0
SHORT: Final = 0.05
logger: Final = logging.getLogger("weerglas.worker")


class PupilPage(RequestHandler):
    """`/leerling`: the page that was rendered once, with the names of another session in it."""

    def get(self) -> None:
        """Give a pupil the page; its session opens when the page asks for it."""
        visitor = self.settings["visitors"].of(self)
        if visitor is None or visitor.role != PUPIL:
            self.redirect("/")
            return
        _ = self.xsrf_token
        self.set_header("Cache-Control", "no-store")
        self.finish(self.settings["page"].of(self.settings["names"].new(visitor.capability)))


class WayOut(login.WayOut):
    """`/uit`: for who has an account at the office, where the kernel is."""

    async def prepare(self) -> None:  # type: ignore[override]  # Jupyter's has an argument that nobody gives
        """Pass on who has an account."""
        visitor = self.settings["visitors"].of(self)
        if visitor is not None and visitor.is_of_office:
            await pass_on(self)
        else:
            await super().prepare()


class Worker(SchoolVoila):
    """What all workers of this machine share; any of them can answer any request."""

    office = Unicode()
    workers = Integer(1)
    beat = Integer(-1)
    """A file descriptor on which the supervisor hears that we live, and our figures."""
    trust_proxy = Bool(False)  # noqa: FBT003 - traitlets' way

    def init_settings(self) -> dict[str, Any]:
        """Add what sessions need."""
        settings = super().init_settings()
        names = Names(self.cookie_secret)
        notebook = CompiledNotebook(self.root_dir + "/" + NOTEBOOK)
        return settings | {
            "names": names,
            "notebook": notebook,
            "register": Register(notebook, names),
            "sockets": set(),
        }

    def init_handlers(self) -> Sequence[tuple[Any, ...]]:
        """Return every address there is."""
        return [
            ("/", login.PupilDoor),
            ("/en", login.PupilDoor, {"language": "en"}),
            ("/uit", WayOut),
            ("/healthz", Health),
            ("/leerling", PupilPage),
            ("/leerling/bericht", messages.PupilMessages),
            ("/blad/(.*)", assets.AssetHandler),
            (rf"/api/kernels/{KERNEL}", SessionModel),
            (rf"/api/kernels/{KERNEL}/channels", KernelSocket),
            (rf"/voila/api/shutdown/{KERNEL}", SessionFarewell),
            (OFFICE_PAGES, ToOffice),
            ("/voila/(?:templates|static|labextensions)/.*", ToOffice),
        ]

    def serve(self, application: Application) -> None:
        """Load and render everything once; then fork workers, and keep them until SIGTERM."""
        asyncio.run(self._render())
        self.stop()  # the folder for kernels, of which there are none here
        mimetypes.init()  # reads files that are out of reach later
        gc.collect()
        gc.freeze()
        nursery.tend(
            lambda line: asyncio.run(self._shift(application, line)), n_workers=self.workers, beat=self.beat
        )

    async def _shift(self, application: Application, line: int) -> None:
        await Shift(self, application).work(line)

    async def _render(self) -> None:
        settings = self.app.settings
        options = self.page(NOTEBOOK, template="leerling")
        configuration = options.pop("voila_configuration")
        about = {
            "base_url": self.base_url,
            "settings": settings,
            "log": self.log,
            "voila_configuration": configuration,
        }
        page_config = configuration.page_config_hook(
            get_page_config(**about), **about, notebook_path=NOTEBOOK
        )
        settings["page"] = await page.rendered(
            settings["notebook"],
            settings["names"],
            voila_configuration=configuration,
            traitlet_config=options.pop("config"),
            page_config=page_config,
            contents_manager=self.contents_manager,
            config_manager=self.config_manager,
            kernel_spec_manager=self.kernel_spec_manager,
            base_url=self.base_url,
            **options,
        )


class Shift:
    """The work of one worker, from its first request to its last."""

    def __init__(self, worker: Worker, application: Application) -> None:
        self._application = application
        self._figures: Figures = application.settings["figures"]
        self._register: Register = application.settings["register"]
        self._where, self._behind_proxy = (worker.port, worker.ip), worker.trust_proxy
        self._line = -1
        self._broker = MeasuredBroker(worker.broker, self._figures)
        application.settings["broker"] = self._broker
        application.settings["office"] = OfficeLine(worker.office)

    async def work(self, line: int) -> None:
        """Listen beside the other workers, with everything else shut off, until SIGTERM."""
        self._line, self._over = line, asyncio.Event()
        sockets = bind_sockets(*self._where, reuse_port=True, backlog=BACKLOG)
        walls = sandbox.shut(reading=sandbox.code_folders())
        logger.log(logging.INFO if walls.stand else logging.WARNING, "%s", walls)
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_note_fault)
        loop.add_signal_handler(signal.SIGTERM, self._over.set)
        server = HTTPServer(self._application, xheaders=self._behind_proxy, max_body_size=LARGEST_BODY)
        server.add_sockets(sockets)
        for work, every in ((self._beat, BEAT_MS), (self._sweep, SWEEP_MS)):
            PeriodicCallback(work, every).start()
        await self._over.wait()
        await self._drain(server)

    def _beat(self) -> None:
        """Tell the supervisor."""
        self._figures.gauges |= {
            "sessions": len(self._register),
            "sessions_attached": self._register.attached,
        }
        with contextlib.suppress(BlockingIOError):  # it is busy, and hears the next
            os.write(self._line, json.dumps(self._figures.snapshot()).encode() + b"\n")

    def _sweep(self) -> None:
        for _ in range(self._register.sweep()):
            self._figures.count("sessions_ended_total", reason="forgotten")

    async def _drain(self, server: HTTPServer) -> None:
        """Take nobody new, answer what was asked, and send pages to another worker."""
        server.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._broker.idle.wait(), DRAINING_SECONDS)
        for socket in list(self._application.settings["sockets"]):
            socket.close(GOING_AWAY, "this worker stops")
        await asyncio.sleep(SHORT)  # the farewells leave
        await self._broker.close()


def _note_fault(_loop: asyncio.AbstractEventLoop, about: dict[str, Any]) -> None:
    """Log the kind of a fault that nobody waited for; its words may hold an answer."""
    logger.warning("%s: %s", about.get("message"), type(about.get("exception")).__name__)
