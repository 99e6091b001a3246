"""An OpenID provider for the tests: authorisation code with PKCE, simulated persons, one click to log in."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tornado.httputil import url_concat
from tornado.web import Application, HTTPError, RequestHandler

PERSONS: Final = {
    "coordinator": ["coordinator", "school-99AA00"],
    "elders": ["coordinator", "school-99AA01"],
    "bestuur": ["coordinator", "school-99AA00", "school-99AA01"],
    "onderzoeker": ["onderzoeker"],
    "vreemde": ["leerkracht"],
}
"""Simulated persons and their groups."""


@dataclass(frozen=True)
class Client:
    """What the Hub and the provider agreed on."""

    id: str
    secret: str
    redirect_uri: str


class Authorize(RequestHandler):
    """Show who can log in; the chosen one goes back with a code."""

    def get(self) -> None:
        client, asked = self.settings["client"], self.get_argument
        if (asked("client_id"), asked("redirect_uri")) != (client.id, client.redirect_uri):
            raise HTTPError(400, "another client")
        if (asked("response_type"), asked("code_challenge_method")) != ("code", "S256"):
            raise HTTPError(400, "no code, or no PKCE")
        if (person := asked("person", "")) not in PERSONS:
            links = (url_concat(self.request.uri or "", {"person": name}) for name in PERSONS)
            self.write(
                "".join(f'<p><a href="{link}">{name}</a>' for link, name in zip(links, PERSONS, strict=True))
            )
            return
        code = secrets.token_urlsafe()
        self.settings["codes"][code] = person, asked("code_challenge")
        self.redirect(url_concat(client.redirect_uri, {"code": code, "state": asked("state")}))


class Token(RequestHandler):
    """Exchange a code, once, against its verifier and the client's secret."""

    def post(self) -> None:
        client, asked = self.settings["client"], self.get_body_argument
        person, challenge = self.settings["codes"].pop(asked("code"))
        if (asked("client_id"), asked("client_secret")) != (client.id, client.secret):
            raise HTTPError(401)
        digest = hashlib.sha256(asked("code_verifier").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
            raise HTTPError(400, "another verifier")
        token = secrets.token_urlsafe()
        self.settings["tokens"][token] = person
        self.write({"access_token": token, "token_type": "Bearer", "scope": "openid"})


class UserInfo(RequestHandler):
    """Tell who holds a token."""

    def get(self) -> None:
        person = self.settings["tokens"][self.request.headers["Authorization"].removeprefix("Bearer ")]
        self.write({"sub": f"simulated-{person}", "preferred_username": person, "groups": PERSONS[person]})


async def serve(port: int, client: Client) -> None:
    """Serve on a loopback port until the process is ended."""
    handlers = [("/authorize", Authorize), ("/token", Token), ("/userinfo", UserInfo)]
    Application(handlers, client=client, codes={}, tokens={}).listen(port, "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Client(**json.loads(Path(sys.argv[2]).read_text("utf-8")))))
