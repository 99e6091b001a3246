"""What a station is to the shell around it: a title, a box of widgets, and a way to be shown the state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ipywidgets as widgets


class Panel(Protocol):
    """One station, made as `XPanel(session)`.

    The shell writes `title` as the station's one heading (h2); inside a panel headings begin at h3. `show` is
    called when the station is opened, and again whenever the state changed while it is open: it must be
    quick, keep what somebody is filling in, and leave what lasts to a task (`telling.Telling.soon`).
    """

    title: str
    box: widgets.Widget

    async def show(self, state: Mapping[str, Any]) -> None:
        """Show a state: the broker's answer to `school`, with at least `school` and `afname` (or None)."""
