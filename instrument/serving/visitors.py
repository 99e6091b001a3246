"""Who is at the door: a signed cookie names a visitor, a visitor holds one capability and one kernel."""

from __future__ import annotations

import contextvars
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyter_server.auth.identity import IdentityProvider, User

if TYPE_CHECKING:
    from tornado.web import RequestHandler

COOKIE: Final = "weerglas"
LONGEST_VISIT: Final = 8 * 3600
"""Seconds: a school day; after it the code or the password is asked again."""

PUPIL: Final = "leerling"
COORDINATOR: Final = "coordinator"


@dataclass(slots=True)
class Visitor:
    """One signed-in browser; its capability opens one draft or one school at the broker, and no more."""

    role: str
    capability: str = field(repr=False)
    name: str = field(default_factory=lambda: secrets.token_urlsafe(16), repr=False)
    since: float = field(default_factory=time.monotonic)
    kernel_id: str | None = field(default=None, repr=False)


class Visitors:
    """The visitors of this server; forgotten at a restart, when a code opens the draft again."""

    def __init__(self) -> None:
        self._by_name: dict[str, Visitor] = {}

    def welcome(self, handler: RequestHandler, visitor: Visitor) -> None:
        """Remember a visitor and give the browser its signed cookie."""
        self._forget_old()
        self._by_name[visitor.name] = visitor
        secure = handler.request.protocol == "https"
        handler.set_signed_cookie(
            COOKIE, visitor.name, expires_days=None, httponly=True, samesite="Strict", secure=secure
        )

    def of(self, handler: RequestHandler) -> Visitor | None:
        """Return the visitor whose valid cookie came with a request."""
        cookie = handler.get_signed_cookie(COOKIE)
        visitor = self._by_name.get(cookie.decode()) if cookie else None
        return visitor if visitor and not _expired(visitor) else None

    def leave(self, handler: RequestHandler) -> Visitor | None:
        """Forget the visitor of a request; the cookie opens nothing any more."""
        visitor = self.of(handler)
        if visitor:
            self._by_name.pop(visitor.name, None)
        handler.clear_cookie(COOKIE)
        return visitor

    def _forget_old(self) -> None:
        for name, visitor in list(self._by_name.items()):
            if _expired(visitor):
                del self._by_name[name]


def _expired(visitor: Visitor) -> bool:
    return time.monotonic() - visitor.since > LONGEST_VISIT


OPENING: contextvars.ContextVar[Visitor] = contextvars.ContextVar("the visitor whose page is being opened")
"""Carries the visitor from the page's handler to the start of its kernel, which Voilà keeps far apart."""


class VisitorIdentity(IdentityProvider):
    """Tells Jupyter's handlers who is asking: the visitor of the cookie, or nobody."""

    def get_user(self, handler: RequestHandler) -> User | None:
        """Return a nameless user for a known visitor."""
        visitor = handler.settings["visitors"].of(handler)
        return User(username=visitor.role) if visitor else None
