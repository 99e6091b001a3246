"""An OpenID provider for the tests: discovery, code with PKCE, signed ID tokens, simulated persons."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import sys
import time
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from tornado.httputil import url_concat
from tornado.web import Application, HTTPError, RequestHandler

PERSONS: Final[dict[str, dict[str, Any]]] = {
    "anna": {"email": "anna@school.example", "email_verified": True},
    "berend": {"email": "anna@school.example", "email_verified": False},
    "vreemde": {"email": "vreemde@elders.example", "email_verified": True},
    "oud": {"email": "anna@school.example", "exp": -60},
    "andermans": {"email": "anna@school.example", "aud": "somebody else"},
    "herhaald": {"email": "anna@school.example", "nonce": "of another visit"},
    "vals": {"email": "anna@school.example"},
}
"""Simulated persons, and what their ID tokens say; the last five say something that must not count."""
CLIENT, SECRET = "weerglas", "simulated"
SIGNING, FORGING = (RSAKey.generate_key(2048, {"kid": "1"}) for _ in range(2))


class Discovery(RequestHandler):
    """Where everything is."""

    def get(self) -> None:
        issuer = self.settings["issuer"]
        ways = {name: f"{issuer}/{path}" for name, path in _WAYS.items()}
        self.write({"issuer": issuer, **ways})


_WAYS = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}


class Keys(RequestHandler):
    """The public half of the key that signs."""

    def get(self) -> None:
        self.write(KeySet([SIGNING]).as_dict(private=False))


class Authorize(RequestHandler):
    """Show who can log in; the chosen one goes back with a code."""

    def get(self) -> None:
        asked = {name: self.get_argument(name) for name in ("client_id", "redirect_uri", "state", "nonce")}
        challenge = self.get_argument("code_challenge")
        if asked["client_id"] != CLIENT or self.get_argument("code_challenge_method") != "S256":
            raise HTTPError(400, "another client, or no PKCE")
        if (person := self.get_argument("person", "")) not in PERSONS:
            links = (url_concat(self.request.uri or "", {"person": name}) for name in PERSONS)
            self.write(
                "".join(f'<p><a href="{link}">{name}</a>' for link, name in zip(links, PERSONS, strict=True))
            )
            return
        code = secrets.token_urlsafe()
        self.settings["codes"][code] = person, challenge, asked["nonce"], asked["redirect_uri"]
        self.redirect(url_concat(asked["redirect_uri"], {"code": code, "state": asked["state"]}))


class Token(RequestHandler):
    """Exchange a code, once, against its verifier and the client's secret."""

    def check_xsrf_cookie(self) -> None:
        """Not asked by a browser."""

    def post(self) -> None:
        person, challenge, nonce, back = self.settings["codes"].pop(self.get_body_argument("code"))
        digest = hashlib.sha256(self.get_body_argument("code_verifier").encode()).digest()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if self.request.headers.get("Authorization") != f"Basic {basic}":
            raise HTTPError(401)
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
            raise HTTPError(400, "another verifier")
        if self.get_body_argument("redirect_uri") != back:
            raise HTTPError(400, "another address")
        self.write({"access_token": "x", "token_type": "Bearer", "id_token": self._signed(person, nonce)})

    def _signed(self, person: str, nonce: str) -> str:
        usual = {"iss": self.settings["issuer"], "aud": CLIENT, "sub": person, "nonce": nonce}
        said = {**usual, **PERSONS[person]}
        said["exp"] = int(time.time()) + said.get("exp", 300)
        key = FORGING if person == "vals" else SIGNING
        return jwt.encode({"alg": "RS256", "kid": "1"}, said, key)


async def serve(port: int) -> None:
    """Serve on a loopback port until the process is ended."""
    handlers = [
        ("/.well-known/openid-configuration", Discovery), ("/keys", Keys),
        ("/authorize", Authorize), ("/token", Token),
    ]  # fmt: skip
    Application(handlers, codes={}, issuer=f"http://127.0.0.1:{port}").listen(port, "127.0.0.1")
    print(json.dumps({"port": port}), flush=True)  # noqa: T201 - the test waits for it
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
