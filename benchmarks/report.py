"""How a benchmark reports: progress while it runs, a table, and one JSON object on the last line."""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(slots=True)
class Report:
    """The figures of one run, by name; a peer that is not installed is left out and said so."""

    benchmark: str
    figures: dict[str, float] = field(default_factory=dict)
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def progress(self, doing: str) -> None:
        """Say what starts now."""
        print(f"… {doing}", file=sys.stderr, flush=True)

    def add(self, name: str, value: float, *, unit: str, note: str = "") -> None:
        """Keep one figure."""
        self.figures[name] = round(value, 4)
        self.rows.append((name, f"{value:,.3f} {unit}", note))

    def without(self, name: str, why: str) -> None:
        """Say why a peer is left out."""
        self.rows.append((name, "-", why))

    def print(self) -> None:
        """Print the table, and the JSON object as the last line."""
        widths = [max(len(row[column]) for row in self.rows) for column in range(2)]
        for name, value, note in self.rows:
            print(f"{name:<{widths[0]}}  {value:>{widths[1]}}  {note}")
        print(json.dumps(self._summary()))

    def _summary(self) -> dict[str, object]:
        return {
            "benchmark": self.benchmark,
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "date": datetime.now(UTC).date().isoformat(),
            "figures": self.figures,
        }
