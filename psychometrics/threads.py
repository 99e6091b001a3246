"""How many threads linear algebra may use: one, for matrices as small as those of statistics on items."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which BLAS uses one thread; afterwards it uses as many as before.

    OpenBLAS wakes all its threads for every product, and each waits for the last. As soon as anything else
    runs on the machine, thousands of small products take two to four times longer than with one thread, and
    alone they gain nothing (figures in `benchmarks/README.md`). It holds for the whole process.

    Example:
        >>> import numpy as np
        >>> with one_thread():
        ...     product = np.eye(2) @ np.eye(2)
        >>> product.tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    context: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return context


@cache
def _controller() -> ThreadpoolController:
    # looking for the libraries takes milliseconds, setting their threads microseconds
    return ThreadpoolController()
