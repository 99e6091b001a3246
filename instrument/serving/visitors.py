"""Who is at the door: a signed cookie holds one capability of the broker; the server remembers the kernel."""

from __future__ import annotations

import contextvars
import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyter_server.auth.identity import IdentityProvider, User

from instrument.store.accounts import roles

if TYPE_CHECKING:
    from tornado.web import RequestHandler

COOKIE: Final = "weerglas"
LONGEST_VISIT: Final = 8 * 3600
"""Seconds: a school day; after it the code or the password is asked again."""

PUPIL: Final = "leerling"
ROLES: Final = (PUPIL, *roles.ROLES)


@dataclass(slots=True)
class Visitor:
    """One signed-in browser; its capability opens one draft or one school at the broker, and no more."""

    role: str
    capability: str = field(repr=False)
    kernel_id: str | None = field(default=None, repr=False)
    address: str = ""
    """Where the page was asked for, as in `https://monitor.example/`; kernels print it on slips."""

    @property
    def is_of_office(self) -> bool:
        """Whether this is somebody with an account, whose page and kernel are in the office."""
        return self.role in roles.ROLES

    @property
    def name(self) -> str:
        """What the server calls this visitor, without keeping the capability as a key."""
        return hashlib.sha256(self.capability.encode()).hexdigest()


class Visitors:
    """Reads and writes the cookies of visits.

    The cookie holds the capability itself, so a server that was restarted, or another one with the same
    cookie secret, knows a visitor as well as the first; only the kernel is gone, and a page opens another.
    """

    def __init__(self) -> None:
        self._known: dict[str, Visitor] = {}
        self._seen: dict[str, float] = {}
        self._left: dict[str, float] = {}

    def welcome(self, handler: RequestHandler, visitor: Visitor) -> None:
        """Give the browser its signed cookie."""
        self._forget_old()
        secure = handler.request.protocol == "https"
        value = f"{visitor.role} {visitor.capability}"
        handler.set_signed_cookie(
            COOKIE, value, expires_days=None, httponly=True, samesite="Strict", secure=secure
        )

    def of(self, handler: RequestHandler) -> Visitor | None:
        """Return the visitor whose valid cookie came with a request."""
        cookie = handler.get_signed_cookie(COOKIE, max_age_days=LONGEST_VISIT / 86400)
        role, _, capability = (cookie or b"").decode().partition(" ")
        if role not in ROLES or not capability:
            return None
        visitor = Visitor(role, capability)
        if visitor.name in self._left:
            return None
        self._seen[visitor.name] = time.monotonic()
        return self._known.setdefault(visitor.name, visitor)

    def leave(self, handler: RequestHandler) -> Visitor | None:
        """Forget the visitor of a request; the cookie opens nothing any more."""
        visitor = self.of(handler)
        if visitor:
            self._known.pop(visitor.name, None)
            self._left[visitor.name] = time.monotonic()
        handler.clear_cookie(COOKIE)
        return visitor

    def _forget_old(self) -> None:
        oldest = time.monotonic() - LONGEST_VISIT
        for name in [name for name, seen in self._seen.items() if seen < oldest]:
            self._known.pop(name, None)
            del self._seen[name]
        self._left = {name: left for name, left in self._left.items() if left >= oldest}


OPENING: contextvars.ContextVar[Visitor] = contextvars.ContextVar("the visitor whose page is being opened")
"""Carries the visitor from the page's handler to the start of its kernel, which Voilà keeps far apart."""


class VisitorIdentity(IdentityProvider):
    """Tells Jupyter's handlers who is asking: the visitor of the cookie, or nobody."""

    def get_user(self, handler: RequestHandler) -> User | None:
        """Return a nameless user for a known visitor."""
        visitor = handler.settings["visitors"].of(handler)
        return User(username=visitor.role) if visitor else None
