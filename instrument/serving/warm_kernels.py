"""Kernels forked from a warm process: they open in a tenth of a second where an own start takes five.

A kernel spec asks for them (`share/jupyter/kernels`), by the entry point in pyproject.toml; nothing else of
Jupyter has to know.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, cast

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, List, Unicode, default

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

KERNELS: Final = Path(__file__).parent / "share" / "jupyter" / "kernels"
EVIDENCE, PAGE = "evidence", "page"
"""The kernels of the notebooks of the evidence, and of coordinators' pages."""
ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Threads would not survive the fork; what is fast in psychometrics takes one anyway."""


class WarmProcessGone(RuntimeError):  # noqa: N818 - it reads as the fact it is
    """The warm process ended; what it printed says why."""


class WarmProcess:
    """One process that has imported modules, and forks kernels until this process ends."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._asking = threading.Lock()
        with theirs:
            command = [sys.executable, "-P", "-m", "instrument.serving.warm_process", str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [*command, *modules],
                env={**os.environ, **ONE_THREAD},
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )

    @property
    def lives(self) -> bool:
        """Whether it still forks."""
        return self._process.poll() is None

    def fork(self, order: dict[str, Any]) -> ForkedKernel:
        """Return a kernel, as soon as the modules are imported; raises `WarmProcessGone`."""
        with self._asking, suppress(OSError):
            self._line.sendall(json.dumps(order).encode())
            number, handles, _flags, _address = socket.recv_fds(self._line, 32, 1)
            if handles:
                return ForkedKernel(int(number), handles[0])
        raise WarmProcessGone("the process that kernels are forked from has ended; start anew")


_starting: Final = threading.Lock()
_started: Final[dict[tuple[str, ...], WarmProcess]] = {}


def warm_process(modules: tuple[str, ...]) -> WarmProcess:
    """Return the one process of these modules; starts it at the first call, and again after its end."""
    with _starting:
        if modules not in _started or not _started[modules].lives:
            _started[modules] = WarmProcess(modules)
        return _started[modules]


def warm_up(kernel: str) -> None:
    """Start importing for the kernels of a spec, so that the first visitor does not wait for it."""
    spec = KernelSpecManager(kernel_dirs=[str(KERNELS)]).get_kernel_spec(kernel)
    warm_process(tuple(spec.metadata["kernel_provisioner"]["config"]["modules"]))


class ForkedKernel:
    """A kernel that is no child of ours; answers what `LocalProvisioner` asks of a `Popen`.

    Known by a handle, for its number may be another's as soon as it has ended.
    """

    stdin = stdout = stderr = None

    def __init__(self, number: int, handle: int) -> None:
        self.pid, self._handle = number, handle

    def __del__(self) -> None:
        os.close(self._handle)

    def poll(self) -> int | None:
        """Return 0 when it has ended; how, only its parent knows."""
        return 0 if select.select([self._handle], [], [], 0)[0] else None

    def wait(self) -> int:
        """Wait until it has ended."""
        select.select([self._handle], [], [])
        return 0

    def send_signal(self, number: int) -> None:
        """Send a signal, or none to who has ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        """Ask it to close."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class WarmKernels(AsyncKernelManager):
    """A kernel manager that knows our kernel specs and no others."""

    @default("kernel_spec_manager")
    def _our_specs(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[str(KERNELS)])


class WarmProvisioner(LocalProvisioner):
    """Gives Jupyter a forked kernel where it would start a process."""

    modules = List(Unicode(), config=True, help="What is imported before the first kernel.")
    options = List(Unicode(), config=True, help="Of the command line of a kernel.")
    shut_in = Bool(False, config=True, help="Whether a kernel may reach no file but the program.")  # noqa: FBT003

    private: TemporaryDirectory[str] | None = None
    """The one folder that a kernel that is shut in may write to; nobody else's connection file is in it."""

    async def pre_launch(self, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - as Jupyter's
        """Give a kernel that is shut in a folder of its own, before its connection file is written."""
        if self.shut_in and self.private is None:
            kernels = cast("AsyncKernelManager", self.parent)
            self.private = TemporaryDirectory(dir=Path(kernels.connection_file).parent)
            kernels.connection_file = f"{self.private.name}/kernel.json"
        return await super().pre_launch(**options)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002 - as Jupyter's
        """Take the folder away with the kernel."""
        await super().cleanup(restart)
        if self.private is not None and not restart:
            self.private.cleanup()
            self.private = None

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:  # noqa: ANN401, ARG002 - as Jupyter's
        """Fork a kernel instead of running `cmd`."""
        kernels = cast("AsyncKernelManager", self.parent)
        order = {
            "connection_file": kernels.connection_file,
            "env": dict(options["env"]),
            "cwd": options.get("cwd") or str(Path.cwd()),
            "options": list(self.options),
            "shut_in": self.shut_in,
        }
        kernel = await asyncio.to_thread(lambda: warm_process(tuple(self.modules)).fork(order))
        self.process, self.pid, self.cwd = cast("Any", kernel), kernel.pid, order["cwd"]
        return self.connection_info
