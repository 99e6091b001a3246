"""What a round did, and every reason why something was not done; for whoever reads the log of the timer."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """What a round did, or would do: a line for each, and every reason why something was not done."""

    done: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def refuse(self, place: str, fault: Exception) -> None:
        """Keep every reason of a refusal, each with its place."""
        self.refused += [f"{place}: {line}" for line in str(fault).splitlines()]
