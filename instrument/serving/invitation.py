"""The door of an invitation: whoever has its link chooses a password, once, and is in."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated

from instrument.serving.login import Door
from instrument.store.accounts import roles
from instrument.store.client import BrokerUnreachable, Refused

LONGEST_PASSWORD = 200


class InvitationDoor(Door):
    """`/school/uitnodiging`: the token stands behind the # of the link, which a browser sends to nobody.

    First the token is sent as a form, and the page says for whom it is; then the password with it.
    """

    role = roles.COORDINATOR
    page = "uitnodiging.html"

    @allow_unauthenticated
    async def get(self) -> None:
        """Ask for the token; a few lines of script take it from the link."""
        self.show(self.page, fault="", words=self.words, language=self.language, invited=None, token="")

    async def ask(self) -> dict[str, Any]:
        """Make the account."""
        token, password = self.filled_in("uitnodiging"), self._password("wachtwoord")
        if password != self._password("nog_een_keer"):
            raise Refused("password_differs")
        address = str(self.request.remote_ip)
        return await self.broker.call("accept", token=token, password=password, address=address)

    @allow_unauthenticated
    async def post(self) -> None:
        """Say for whom the invitation is, and then let in who chose a password."""
        token = self.filled_in("uitnodiging")
        try:
            invited = await self.broker.call("invitation", token=token, address=str(self.request.remote_ip))
        except Refused as refusal:
            self.turn_away(403, refusal.reason, invited=None, token="")
        except BrokerUnreachable:
            self.turn_away(503, "unreachable", invited=None, token="")
        else:
            await self._choose(token, invited)

    async def _choose(self, token: str, invited: dict[str, Any]) -> None:
        known = {"words": self.words, "language": self.language, "invited": invited, "token": token}
        if not self._password("wachtwoord"):
            self.show(self.page, fault="", **known)
            return
        try:
            session = await self.ask()
        except Refused as refusal:
            self.turn_away(403, refusal.reason, invited=invited, token=token)
        except BrokerUnreachable:
            self.turn_away(503, "unreachable", invited=invited, token=token)
        else:
            await self.let_in(session)

    def _password(self, name: str) -> str:
        return str(self.get_body_argument(name, "", strip=False))[: LONGEST_PASSWORD + 1]
