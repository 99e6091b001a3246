"""Forked kernels: as good as a process of their own, and gone with whoever started them."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from instrument.serving import sandbox, warm_kernels
from instrument.serving.warm_kernels import ForkedKernel, WarmProcess, WarmProcessGone

MODULES = ("numpy.random",)
PATIENCE = 30


Start: TypeAlias = "Callable[..., Kernel]"


class Kernel:
    """A kernel of a warm process, and what it says of expressions."""

    def __init__(self, warm: WarmProcess, folder: Path, *, shut_in: bool = False, **env: str) -> None:
        self.manager = KernelManager(transport="ipc", connection_file=str(folder / "kernel.json"))
        self.manager.write_connection_file()
        self.process: ForkedKernel = warm.fork(
            {
                "connection_file": self.manager.connection_file,
                "env": {"PATH": os.environ["PATH"], **env},
                "cwd": str(folder),
                "options": ["--HistoryManager.enabled=False"],
                "shut_in": shut_in,
            }
        )
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self._wait()

    def _wait(self) -> None:
        # without a manager that knows its process, a client takes who is slow for dead
        for _ in range(PATIENCE):
            with suppress(RuntimeError):
                self.client.wait_for_ready(1)
                return
        raise AssertionError("the kernel never answered")

    def says(self, expression: str, *, before: str = "") -> Any:
        """Return the value of an expression, or the name of what it raises."""
        asked = self.client.execute(
            before, silent=True, store_history=False, user_expressions={"it": f"repr({expression})"}
        )
        while True:
            reply = self.client.get_shell_msg(timeout=PATIENCE)
            if reply["parent_header"].get("msg_id") == asked:
                break
        found = reply["content"]["user_expressions"]["it"]
        return found["ename"] if found["status"] == "error" else found["data"]["text/plain"].strip("'\"")

    def end(self) -> None:
        self.client.stop_channels()
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def warm() -> WarmProcess:
    return warm_kernels.warm_process(MODULES)


@pytest.fixture
def kernels(warm: WarmProcess, tmp_path: Path) -> Iterator[Start]:
    started: list[Kernel] = []

    def start(process: WarmProcess = warm, **options: Any) -> Kernel:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        started.append(Kernel(process, folder, **options))
        return started[-1]

    yield start
    for kernel in started:
        kernel.end()


def test_a_kernel_has_its_own_environment_folder_and_chances(kernels: Start) -> None:
    """Nothing of the warm process, and nothing of a neighbour."""
    one, other = kernels(MARK="one"), kernels(MARK="other")
    assert [kernel.says("__import__('os').environ['MARK']") for kernel in (one, other)] == ["one", "other"]
    assert one.says("sorted(__import__('os').environ.keys() & {'HOME', 'OPENBLAS_NUM_THREADS'})") == "[]"
    assert one.says("__import__('os').getcwd()") != other.says("__import__('os').getcwd()")
    for draw in ("__import__('random').random()", "__import__('numpy').random.random()"):
        assert one.says(draw) != other.says(draw)


def test_what_was_imported_is_there_at_once(kernels: Start) -> None:
    assert kernels().says("'numpy' in __import__('sys').modules") == "True"


def test_a_kernel_is_stopped_and_ended_by_signals(kernels: Start) -> None:
    """As Jupyter does it: an interrupt stops what runs, SIGKILL the kernel."""
    kernel = kernels()
    assert kernel.process.poll() is None
    threading.Timer(0.5, kernel.process.send_signal, [signal.SIGINT]).start()
    started = time.monotonic()
    kernel.client.execute("import time; time.sleep(60)", store_history=False)
    kernel.client.get_shell_msg(timeout=PATIENCE)
    assert time.monotonic() - started < PATIENCE
    kernel.process.kill()
    assert kernel.process.wait() == kernel.process.poll() == 0
    kernel.process.kill()  # who has ended hears nothing


def test_kernels_end_with_their_warm_process_and_another_is_started(kernels: Start) -> None:
    """Nothing stays behind, and a crash costs the next visitor some seconds and no more."""
    lost = warm_kernels.warm_process(("json",))
    kernel = kernels(lost)
    os.kill(lost._process.pid, signal.SIGKILL)
    kernel.process.wait()
    with pytest.raises(WarmProcessGone):
        lost.fork({})
    again = warm_kernels.warm_process(("json",))
    assert again is not lost
    assert kernels(again).says("1 + 1") == "2"


def test_who_come_at_once_share_one_warm_process() -> None:
    """Two would end each other's kernels: the one that is forgotten takes its own along."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: warm_kernels.warm_process(("csv",)), range(8)))
    assert len(set(map(id, found))) == 1


@pytest.mark.skipif(not sandbox.offered().landlock, reason="this kernel has no Landlock")
def test_a_kernel_that_is_shut_in_reaches_the_program_and_its_own_folder(
    kernels: Start, tmp_path: Path
) -> None:
    """A coordinator's page: no data folder, no secret, no other process; what it needs works."""
    secret = tmp_path / "secret"
    secret.write_text("of somebody else", "utf-8")
    kernel = kernels(shut_in=True)
    for forbidden in (
        f"open('{secret}').read()",
        f"open('{secret.parent}/new', 'w')",
        "open('/etc/passwd').read()",
        f"open('/proc/{os.getpid()}/environ').read()",
        "__import__('os').listdir('/')",
        "__import__('socket').create_connection(('127.0.0.1', 1))",
        f"__import__('os').kill({os.getpid()}, 0)",
    ):
        assert kernel.says(forbidden) == "PermissionError", forbidden
    assert kernel.says("__import__('tempfile').mkdtemp()").startswith(str(tmp_path / "0"))
    assert kernel.says("__import__('colorsys').rgb_to_hsv(0, 0, 0)") == "(0.0, 0.0, 0)"
