"""The door of an OpenID provider: out to it with a state of our own, and back in with what it said."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from typing import Any, Final

from jupyter_server.auth.decorator import allow_unauthenticated

from instrument.serving.login import CoordinatorDoor
from instrument.serving.openid import Asked, NotVouched, Provider
from instrument.store.client import BrokerUnreachable, Refused

COOKIE: Final = "weerglas_openid"
LONGEST_WAIT: Final = 15 / (24 * 60)
"""Days: a quarter of an hour between going out and coming back."""
WAY_BACK: Final = "school/openid/terug"
logger: Final = logging.getLogger("weerglas.openid")


class OpenIdDoor(CoordinatorDoor):
    """`/school/openid`: go to the provider."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Remember what was asked, in a cookie that only we can write, and go."""
        asked = Asked(*(secrets.token_urlsafe(32) for _ in range(3)))
        try:
            address = await asyncio.to_thread(self.provider.ask, asked, self.back)
        except Exception as fault:  # noqa: BLE001 - the provider is away, or answers nonsense
            logger.warning("the OpenID provider cannot be asked: %s", type(fault).__name__)
            self.turn_away(503, "openid_failed")
            return
        value = json.dumps([asked.state, asked.nonce, asked.verifier])
        secure = self.request.protocol == "https"
        # Lax, for the provider's site sends the browser back.
        self.set_signed_cookie(COOKIE, value, expires_days=None, httponly=True, samesite="Lax", secure=secure)
        self.redirect(address)

    @property
    def provider(self) -> Provider:
        """The provider of this server."""
        found: Provider = self.settings["openid"]
        return found

    @property
    def back(self) -> str:
        """Where the provider sends somebody back to; it knows this address beforehand."""
        return f"{self.request.protocol}://{self.request.host}{self.base_url}{WAY_BACK}"


class OpenIdReturn(OpenIdDoor):
    """`/school/openid/terug`: come in, on the provider's word."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Let in whom the provider names and the broker knows."""
        asked = self._asked()
        self.clear_cookie(COOKIE)
        if asked is None:
            self.turn_away(403, "openid_failed")
            return
        answer = f"{self.back}?{self.request.query}"
        try:
            name = await asyncio.to_thread(self.provider.who, answer, asked, self.back)
            await self.let_in(await self._vouched(name))
        except NotVouched as reason:
            logger.warning("an OpenID login failed: %s", reason)
            self.turn_away(403, "openid_failed")
        except Refused:
            self.turn_away(403, "openid_unknown")
        except BrokerUnreachable:
            self.turn_away(503, "unreachable")

    def redirect(self, url: str, permanent: bool = False, status: int | None = None) -> None:  # noqa: ARG002, FBT001, FBT002 - tornado's
        """Go on by a page of our own: after a redirect from another site our strict cookie stays at home."""
        self.set_status(200)
        self.show("doorgaan.html", inside=url)

    async def _vouched(self, name: str) -> dict[str, Any]:
        of = self.provider.bevoegd_gezag_nummer
        return await self.broker.call(
            "vouch", capability=self.settings["voucher"], name=name, bevoegd_gezag_nummer=of
        )

    def _asked(self) -> Asked | None:
        kept = self.get_signed_cookie(COOKIE, max_age_days=LONGEST_WAIT)
        return Asked(*json.loads(kept)) if kept else None
