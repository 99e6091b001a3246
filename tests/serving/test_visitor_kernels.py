"""Coordinators' kernels: one per visitor, limited in number and life, each in a folder of its own."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from tornado.web import HTTPError

from instrument.serving import application, kernels, warm_kernels
from instrument.serving.visitors import LONGEST_VISIT, OPENING, Visitor
from instrument.store.accounts.roles import COORDINATOR

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Story = Callable[[kernels.VisitorKernels], Awaitable[None]]


@pytest.fixture
def tell(tmp_path: Path) -> Callable[[Story], None]:
    """Run a story with the office's kernels, and end them all."""

    async def told(story: Story) -> None:
        ours = kernels.VisitorKernels(
            config=application.configuration(),
            connection_dir=str(tmp_path),
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(warm_kernels.KERNELS)]),
        )
        ours.__dict__["parent"] = None
        ours._environment = lambda _offered, visitor: {"WEERGLAS_SESSION": visitor.capability}  # type: ignore[method-assign]
        try:
            await story(ours)
        finally:
            await ours.shutdown_all(now=True)

    return lambda story: asyncio.run(told(story))


def visitor(name: str) -> Visitor:
    return Visitor(capability=name, role=COORDINATOR)


async def opened(ours: kernels.VisitorKernels, visitor: Any) -> str:
    OPENING.set(visitor)
    return await ours.start_kernel()


def test_a_visitor_who_opens_again_gets_another_kernel_and_the_first_ends(tell) -> None:
    async def story(ours: kernels.VisitorKernels) -> None:
        ann, ben = visitor("ann"), visitor("ben")
        first, other = await opened(ours, ann), await opened(ours, ben)
        again = await opened(ours, ann)
        assert sorted(ours.list_kernel_ids()) == sorted([other, again])
        assert first not in (other, again)

    tell(story)


def test_one_more_than_there_may_be_is_refused_and_costs_nobody_a_kernel(tell) -> None:
    async def story(ours: kernels.VisitorKernels) -> None:
        ours.most = 1
        running = await opened(ours, visitor("ann"))
        with pytest.raises(HTTPError) as refused:
            await opened(ours, visitor("ben"))
        assert refused.value.status_code == 503
        assert ours.list_kernel_ids() == [running]

    tell(story)


def test_a_kernel_ends_with_the_longest_visit(tell) -> None:
    async def story(ours: kernels.VisitorKernels) -> None:
        old = await opened(ours, visitor("ann"))
        ours._started_at[old] = time.monotonic() - LONGEST_VISIT - 1
        assert ours.list_kernel_ids() == [old]
        assert await opened(ours, visitor("ben")) in ours.list_kernel_ids()
        assert old not in ours.list_kernel_ids()

    tell(story)


def test_no_kernel_shares_a_folder_and_none_is_left(tell, tmp_path) -> None:
    """The key to one coordinator's kernel does not lie where another's can read."""

    async def story(ours: kernels.VisitorKernels) -> None:
        started = [await opened(ours, visitor(name)) for name in ("ann", "ben")]
        files = [Path(ours.get_kernel(one).connection_file) for one in started]
        assert files[0].parent != files[1].parent
        assert all(file.is_file() and file.parent.parent == tmp_path for file in files)

    tell(story)
    assert list(tmp_path.iterdir()) == []
