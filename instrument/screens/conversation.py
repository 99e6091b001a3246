"""What the pupil's page says and is answered, over the kernel's socket or plain HTTP; keeps and logs nothing.

The page says "hello" and hears "start" with what to show; says "save" and "submit" under a number, and hears
"saved", "submitted" or "refused" under it. Only what the broker has committed is acknowledged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

from instrument.screens import shown, texts
from instrument.store.client import Refused

TRIAL: Final[dict[str, Any]] = {
    "edition": "po_bovenbouw_2026",
    "modules": [],
    "answered": [],
    "followed_up": [],
    "submitted": False,
}
"""The state where there is no session: an empty questionnaire to try out; nothing is stored."""
PROGRESS: Final = ("answered", "followed_up", "submitted")
LONGEST_CODE: Final = 40
"""Signs of an item code, or of a page's name for itself."""


class Session(Protocol):
    """Somebody's way to the broker."""

    async def call(self, op: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Return the broker's answer; raises `Refused` or `BrokerUnreachable`."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A session that keeps nothing: an edition with some modules, to be tried out by whoever will use it."""

    edition: str
    modules: tuple[str, ...] = ()

    async def call(self, op: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Answer as a broker would, and forget."""
        state = {**TRIAL, "edition": self.edition, "modules": list(self.modules)}
        return state if op == "state" else fields


def is_well_formed(message: object) -> bool:
    """Tell whether this is a message our own page could have sent; the broker judges what it asks."""
    match message:
        case {"kind": "hello"}:
            return True
        case {"kind": "submit", "seq": int()}:
            return True
        case {"kind": "save", "seq": int(), "page": str(page), "item": str(item), "value": int() | None}:
            return max(len(page), len(item)) <= LONGEST_CODE
    return False


async def reply(session: Session | None, message: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a well-formed message; without a session everything is a trial.

    Raises `BrokerUnreachable`: then nothing is acknowledged, and the page says it again later.
    """
    return await (_start(session) if message["kind"] == "hello" else _pass_on(session, message))


async def _start(session: Session | None) -> dict[str, Any]:
    """Tell what to show: earlier answers stay where they are, only their item codes return."""
    start = {
        "kind": "start",
        "trial": session is None or isinstance(session, Trial),
        "texts": texts.load(),
        "stopped": None,
    }
    try:
        state = await session.call("state") if session else TRIAL
    except Refused as refusal:
        nothing = {name: TRIAL[name] for name in PROGRESS}
        return start | nothing | {"edition": None, "stopped": refusal.reason}
    progress = {name: state[name] for name in PROGRESS}
    return start | progress | {"edition": shown.edition(state["edition"], tuple(state["modules"]))}


async def _pass_on(session: Session | None, message: dict[str, Any]) -> dict[str, Any]:
    """Hand one message to the broker; only its acknowledgement makes an answer saved."""
    kind, seq = message["kind"], message["seq"]
    fields = {name: message[name] for name in ("page", "item", "value") if kind == "save"}
    try:
        if session:
            await session.call(kind, seq=seq, **fields)
    except Refused as refusal:
        return {"kind": "refused", "seq": seq, "reason": refusal.reason}
    return {"kind": {"save": "saved", "submit": "submitted"}[kind], "seq": seq}
