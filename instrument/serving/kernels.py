"""One kernel per visitor, reachable with that visitor's cookie only."""

from __future__ import annotations

import os
from typing import Any, Final

from jupyter_server.services.kernels.handlers import KernelHandler
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from instrument.serving.visitors import OPENING

ALLOWED_MESSAGES: Final = ["comm_open", "comm_close", "comm_msg", "comm_info_request", "kernel_info_request"]
"""Nothing that executes, and no `shutdown_request`: a page ends its kernel by closing."""
LARGEST_FRAME: Final = 64 * 1024
MOST_PARTS: Final = 32
WORD: Final = 8
KEPT_FROM_KERNELS: Final = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONUTF8", "TMPDIR")
"""A kernel gets these of the server's environment, and nothing that might be a secret."""


class VisitorKernels(AsyncMappingKernelManager):
    """Starts a kernel with its visitor's capability in hand, and ends the visitor's previous one."""

    async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]  # noqa: ANN401 - as Jupyter's
        """Start the kernel of the visitor whose page is being opened."""
        visitor = OPENING.get()
        await self.end_kernel_of(visitor.kernel_id)
        options["env"] = self._environment(options.get("env", {}), visitor.capability)
        visitor.kernel_id = str(await super().start_kernel(**options))
        return visitor.kernel_id

    async def end_kernel_of(self, kernel_id: str | None) -> None:
        """End a visitor's kernel, if it still runs."""
        if kernel_id is not None and kernel_id in self:
            await self.shutdown_kernel(kernel_id, now=True)  # type: ignore[no-untyped-call]  # Jupyter's

    def _environment(self, offered: dict[str, str], capability: str) -> dict[str, str]:
        kept = {name: value for name, value in offered.items() if name in KEPT_FROM_KERNELS}
        thread_limits = {name: os.environ[name] for name in os.environ if name.startswith("OPENBLAS_")}
        broker = str(self.parent.broker)  # type: ignore[union-attr]  # SchoolVoila
        return {**kept, **thread_limits, "WEERGLAS_BROKER": broker, "WEERGLAS_SESSION": capability}


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


def is_well_formed(frame: bytes) -> bool:
    """Tell whether a frame of Jupyter's v1 kernel protocol has few parts, in order, inside itself.

    One frame with a huge count of offsets kept the stock server busy for good.
    """
    if not WORD <= len(frame) <= LARGEST_FRAME:
        return False
    count = int.from_bytes(frame[:WORD], "little")
    if not 0 < count <= MOST_PARTS or len(frame) < WORD * (count + 1):
        return False
    words = (frame[WORD * i : WORD * (i + 1)] for i in range(1, count + 1))
    offsets = [int.from_bytes(word, "little") for word in words]
    return offsets == sorted(offsets) and offsets[0] >= WORD * (count + 1) and offsets[-1] <= len(frame)
