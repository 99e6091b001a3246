"""The warm process: imports once what notebooks import, and is forked for each kernel.

One thread, no event loop, no open file but the line to whoever started it: what a fork would carry along.
Ends when that line ends; kernels end with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any, Final

from instrument.serving import sandbox

LARGEST_ORDER: Final = 256 * 1024
"""An environment and two paths."""
ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("export", "psychometrics")
"""Of which a page imports some parts late."""


def main(line: int, modules: list[str]) -> None:
    """Import the modules, then fork a kernel for each order; answers with its number and a handle on it."""
    import ipykernel.kernelapp  # noqa: F401, PLC0415 - as the modules: warm before the first order

    for module in modules:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    # Ctrl-C on a terminal is for whoever started this
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=line) as orders:
        while order := orders.recv(LARGEST_ORDER):
            _bury_the_dead()
            _fork(json.loads(order), orders)


def _fork(order: dict[str, Any], orders: socket.socket) -> None:
    kernel = os.fork()
    if kernel == 0:
        orders.close()
        with contextlib.suppress(SystemExit):
            _become_kernel(order)
        os._exit(0)
    # not reaped before the next order, so the number is still this kernel's
    handle = os.pidfd_open(kernel)
    socket.send_fds(orders, [str(kernel).encode()], [handle])
    os.close(handle)


def _become_kernel(order: dict[str, Any]) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    tempfile.tempdir = None
    _draw_anew()
    if order["shut_in"]:
        _shut_in(Path(order["connection_file"]).parent)
    from ipykernel import kernelapp  # noqa: PLC0415 - imported long ago

    # a kernel that knows its parent ends with it, and does not greet the terminal
    of_a_kernel = ["-f", order["connection_file"], f"--IPKernelApp.parent_handle={os.getppid()}"]
    sys.argv = ["kernel", *of_a_kernel, *order["options"]]
    kernelapp.launch_new_instance()


def _draw_anew() -> None:
    """Give each kernel chances of its own; Python's `random` sees to that itself, numpy does not."""
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _shut_in(private: Path) -> None:
    """Leave a kernel the program to read and its own folder to write, as far as the host allows."""
    os.environ |= {"HOME": str(private), "TMPDIR": str(private), "IPYTHONDIR": str(private)}
    program = [*sandbox.code_folders(), *(ROOT / package for package in PACKAGES)]
    sandbox.shut(reading=program, writing=(private,))
    # what subprocesses print, of which there are none here, would come over TCP
    warnings.filterwarnings("ignore", message="Couldn't bind IOPub Pipe")


def _bury_the_dead() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
