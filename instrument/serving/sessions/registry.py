"""Makes comm and ipywidgets session-aware: what they keep once per process, they keep here once per session.

Solara patches the same places (its `server/patch.py`). tests/serving/ compares every message with a real
kernel's, so that a release of ipywidgets or comm that keeps something elsewhere is seen in time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, MutableMapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

import comm
from comm.base_comm import BaseComm, CommManager
from ipywidgets.widgets import widget as ipywidget

if TYPE_CHECKING:
    from instrument.serving.sessions.session import Session

CURRENT: Final[ContextVar[Session | None]] = ContextVar("the session whose code is running", default=None)
PARENT: Final[ContextVar[dict[str, Any]]] = ContextVar("the header of the message that is being answered")
CONTROL: Final = "jupyter.widget.control"
TALKATIVE: Final = ("Comm", "traitlets")
"""Loggers of comm and ipywidgets: they repeat what a page said."""

_Widget: Final = ipywidget.Widget
_before: Final[dict[str, Any]] = {}


def install() -> None:
    """Put the session-aware places in; after ipykernel, should anything import that, for it does the same."""
    if not _before:
        _before.update(create=comm.create_comm, manager=comm.get_comm_manager)
        ipywidget._instances = _Instances(ipywidget._instances)  # noqa: SLF001 - where ipywidgets keeps them
        for name in TALKATIVE:
            logging.getLogger(name).disabled = True
    comm.create_comm = _create_comm
    comm.get_comm_manager = _comm_manager


class SessionComm(BaseComm):
    """One end of a line between a widget and its page; speaks through the session that opened it."""

    def __init__(self, session: Session, **options: Any) -> None:  # noqa: ANN401 - as comm's
        self._session = session
        options["comm_id"] = options.get("comm_id") or session.next_comm()
        super().__init__(**options)

    def publish_msg(
        self,
        msg_type: str,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
        **keys: Any,  # noqa: ANN401 - as comm's
    ) -> None:
        """Send to the page, or to nobody while there is none."""
        content = {"data": data or {}, "comm_id": self.comm_id, **keys}
        self._session.say("iopub", msg_type, content, metadata=metadata, buffers=buffers)

    def close(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - as comm's
        """Close in the own session, for the garbage collector comes in anybody's."""
        token = CURRENT.set(self._session)
        try:
            super().close(*arguments, **options)
        finally:
            CURRENT.reset(token)


class SessionComms(CommManager):
    """The comms of one session; only the widgets' control can be opened from a page."""

    def __init__(self) -> None:
        super().__init__()
        self.register_target(CONTROL, _Control().opened)

    def unregister_comm(self, comm: BaseComm) -> None:
        """Forget a comm, if it is still known."""
        self.comms.pop(comm.comm_id, None)


class _Control:
    """What ipywidgets keeps on its Widget class: the comm over which a page asks for every state."""

    def __init__(self) -> None:
        self._control_comm: BaseComm | None = None
        self.get_manager_state = _Widget.get_manager_state

    def opened(self, line: BaseComm, message: dict[str, Any]) -> None:
        _Widget.handle_control_comm_opened.__func__(self, line, message)

    def _handle_control_comm_msg(self, message: dict[str, Any]) -> None:
        _Widget._handle_control_comm_msg.__func__(self, message)  # noqa: SLF001 - ipywidgets' own answer


class _Instances(MutableMapping[str, Any]):
    """Every widget there is, as far as the running session knows."""

    def __init__(self, outside: MutableMapping[str, Any]) -> None:
        self._outside = outside

    @property
    def _own(self) -> MutableMapping[str, Any]:
        session = CURRENT.get()
        return self._outside if session is None else session.widgets

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a widget
        return self._own[name]

    def __setitem__(self, name: str, widget: Any) -> None:  # noqa: ANN401 - a widget
        self._own[name] = widget

    def __delitem__(self, name: str) -> None:
        del self._own[name]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._own))

    def __len__(self) -> int:
        return len(self._own)


def _create_comm(*arguments: Any, **options: Any) -> BaseComm:  # noqa: ANN401 - as comm's
    session = CURRENT.get()
    if session is None:
        outside: BaseComm = _before["create"](*arguments, **options)
        return outside
    return SessionComm(session, **dict(zip(("target_name", "data"), arguments, strict=False)), **options)


def _comm_manager() -> CommManager:
    session = CURRENT.get()
    return _before["manager"]() if session is None else session.comms
