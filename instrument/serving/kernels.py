"""One kernel per coordinator's page, reachable with its visitor's cookie only; limited in number and life."""

from __future__ import annotations

import os
import time
from typing import Any, Final

from jupyter_server.services.kernels.handlers import KernelHandler
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from instrument.serving import warm_kernels
from instrument.serving.sessions.frames import is_well_formed
from instrument.serving.visitors import LONGEST_VISIT, OPENING, Visitor
from instrument.store import client

ALLOWED_MESSAGES: Final = ["comm_open", "comm_close", "comm_msg", "comm_info_request", "kernel_info_request"]
"""Nothing that executes, and no `shutdown_request`: a page ends its kernel by closing."""
MOST_KERNELS: Final = 16
"""Coordinators at once; a school has one or two."""
KEPT_FROM_KERNELS: Final = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONUTF8", "TMPDIR")
"""A kernel gets these of the server's environment, and nothing that might be a secret."""


class VisitorKernels(AsyncMappingKernelManager):
    """Starts a kernel with its visitor's capability in hand, and ends the visitor's previous one."""

    most: int = MOST_KERNELS

    async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]  # noqa: ANN401 - as Jupyter's
        """Start the kernel of the visitor whose page is being opened; 503 where there are too many."""
        visitor = OPENING.get()
        await self.end_kernel_of(visitor.kernel_id)
        await self.end_old()
        if len(self.list_kernel_ids()) >= self.most:
            raise HTTPError(503)
        options["kernel_name"] = warm_kernels.PAGE
        options["env"] = self._environment(options.get("env", {}), visitor)
        visitor.kernel_id = str(await super().start_kernel(**options))
        self._started_at[visitor.kernel_id] = time.monotonic()
        return visitor.kernel_id

    async def end_kernel_of(self, kernel_id: str | None) -> None:
        """End a visitor's kernel, if it still runs."""
        if kernel_id is not None and kernel_id in self:
            await self.shutdown_kernel(kernel_id, now=True)  # type: ignore[no-untyped-call]  # Jupyter's

    async def end_old(self) -> None:
        """End kernels that are older than a visit can be."""
        oldest = time.monotonic() - LONGEST_VISIT
        for kernel_id in [name for name, started in self._started_at.items() if started < oldest]:
            await self.end_kernel_of(kernel_id)
            del self._started_at[kernel_id]

    @property
    def _started_at(self) -> dict[str, float]:
        starts: dict[str, float] = self.__dict__.setdefault("_starts", {})
        return starts

    def _environment(self, offered: dict[str, str], visitor: Visitor) -> dict[str, str]:
        kept = {name: value for name, value in offered.items() if name in KEPT_FROM_KERNELS}
        thread_limits = {name: os.environ[name] for name in os.environ if name.startswith("OPENBLAS_")}
        given = {
            client.BROKER_VARIABLE: str(self.parent.broker),  # type: ignore[union-attr]  # SchoolVoila
            client.SESSION_VARIABLE: visitor.capability,
            client.ADDRESS_VARIABLE: visitor.address,
        }
        return {**kept, **thread_limits, **given}


class OwnKernel:
    """Mixed into a handler whose address names a kernel: only that kernel's visitor passes."""

    async def prepare(self: Any) -> None:
        """Refuse everybody but the kernel's own visitor, before anything else happens."""
        visitor = self.settings["visitors"].of(self)
        if visitor is None or visitor.kernel_id != self.path_kwargs["kernel_id"]:
            raise HTTPError(403)
        await super().prepare()  # type: ignore[misc]  # the handler that is mixed into


class OwnKernelModel(OwnKernel, KernelHandler):  # type: ignore[misc]  # a mix-in before an untyped handler
    """The kernel's state; a visitor may read it and do nothing else."""

    SUPPORTED_METHODS = ("GET",)


class OwnKernelSocket(OwnKernel, VoilaKernelWebsocketHandler):
    """The kernel's WebSocket; a malformed frame closes it before Jupyter parses it."""

    def on_message(self, message: str | bytes) -> None:
        """Pass a well-formed binary frame on."""
        if isinstance(message, bytes) and is_well_formed(message):
            super().on_message(message)
        else:
            self.close(code=1003, reason="malformed frame")


class OwnKernelShutdown(OwnKernel, VoilaShutdownKernelHandler):
    """The page's farewell."""
