"""The worker's one line to the broker, with a clock beside it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from instrument.store.client import BrokerClient, BrokerUnreachable

if TYPE_CHECKING:
    from pathlib import Path

    from instrument.serving.metrics import Figures


class MeasuredBroker(BrokerClient):
    """Counts how long the broker takes, and how often it cannot be reached."""

    def __init__(self, socket: Path, figures: Figures) -> None:
        super().__init__(socket)
        self._figures = figures
        self._n_under_way = 0
        self.idle = asyncio.Event()
        self.idle.set()

    async def call(self, op: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Return the answer to a request; raises `Refused` or `BrokerUnreachable`."""
        self._n_under_way += 1
        self.idle.clear()
        try:
            with self._figures.timed("broker_seconds"):
                return await super().call(op, **fields)
        except BrokerUnreachable:
            self._figures.count("broker_unreachable_total")
            raise
        finally:
            self._n_under_way -= 1
            if not self._n_under_way:
                self.idle.set()
