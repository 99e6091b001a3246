"""A board's own login by OpenID Connect: the provider says who somebody is, the broker what they may.

Off unless `weerglas serve --openid FILE` names its settings. The code comes with PKCE, state and
nonce; an ID token counts only with the provider's signature, for us, and fresh. An account must be there
already: its name is what the provider says under `claim`, an e-mail address unless told otherwise. With a
`bevoegd_gezag_nummer` the provider's word counts for that board and its vestigingen only.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.jwk import KeySet

if TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHMS: Final = ("RS256", "ES256", "PS256", "EdDSA")
"""Signatures of which only the provider has the key; never `none`, never one that our secret could make."""
PATIENCE: Final = 10
"""Seconds that a provider may take to answer."""
LOOPBACK: Final = ("127.0.0.1", "localhost")
_TEXTS: Final = ("name", "issuer", "client_id", "client_secret")
_MORE: Final = ("claim", "bevoegd_gezag_nummer")


class OpenIdError(ValueError):
    """Settings that cannot be used; the message names file, key and remedy."""


class NotVouched(Exception):  # noqa: N818 - it reads as the fact it is
    """The provider did not say, in a way that counts, who this is."""


@dataclass(frozen=True)
class Asked:
    """What is remembered between asking a provider and its answer."""

    state: str
    nonce: str
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Provider:
    """One OpenID provider; everything that waits for it blocks, so ask in a thread."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = "email"
    bevoegd_gezag_nummer: str | None = None

    def ask(self, asked: Asked, back: str) -> str:
        """Return the provider's address at which somebody logs in."""
        client = self._client(back)
        address, _ = client.create_authorization_url(
            self._metadata["authorization_endpoint"],
            state=asked.state,
            nonce=asked.nonce,
            code_verifier=asked.verifier,
        )
        return str(address)

    def who(self, answer: str, asked: Asked, back: str) -> str:
        """Return the name of whoever came back to `answer`, the whole address; raises `NotVouched`."""
        try:
            token = self._client(back).fetch_token(
                self._metadata["token_endpoint"],
                authorization_response=answer,
                state=asked.state,
                code_verifier=asked.verifier,
                timeout=PATIENCE,
            )
            return self._named(token["id_token"], asked.nonce)
        except NotVouched:
            raise
        except Exception as fault:
            # Whatever a provider answers, or its libraries raise, the door stays shut.
            raise NotVouched(type(fault).__name__) from fault

    def _named(self, id_token: str, nonce: str) -> str:
        read = jwt.decode(id_token, self._keys(), algorithms=list(ALGORITHMS))
        registry = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(read.claims)
        name = read.claims.get(self.claim)
        if not isinstance(name, str) or (
            self.claim == "email" and read.claims.get("email_verified") is False
        ):
            raise NotVouched(self.claim)
        return name

    def _keys(self) -> KeySet:
        answer = self._client("").request(
            "GET", self._metadata["jwks_uri"], withhold_token=True, timeout=PATIENCE
        )
        return KeySet.import_key_set(answer.json())

    def _client(self, back: str) -> OAuth2Session:
        return OAuth2Session(
            self.client_id,
            self.client_secret,
            scope="openid email profile",
            redirect_uri=back,
            code_challenge_method="S256",
        )

    @cached_property
    def _metadata(self) -> Mapping[str, str]:
        address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        found: dict[str, str] = (
            self._client("").request("GET", address, withhold_token=True, timeout=PATIENCE).json()
        )
        if found.get("issuer") != self.issuer:
            raise NotVouched("issuer")
        return found


def read(path: Path) -> Provider:
    """Return the provider of a settings file that only its owner can read; raises `OpenIdError`."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise OpenIdError(f"{path}: cannot be read as TOML; see deploy/README.md") from fault
    faults = [f"{path}: {key}: missing; give it as a text" for key in _TEXTS if not _is_text(found, key)]
    faults += [
        f"{path}: {key}: is not known, or no text; use {', '.join((*_TEXTS, *_MORE))}"
        for key in found
        if key not in (*_TEXTS, *_MORE) or not isinstance(found[key], str)
    ]
    if _is_text(found, "issuer") and not _is_private(found["issuer"]):
        faults.append(f"{path}: issuer: give an address with https, for what it says opens accounts")
    if path.stat().st_mode & 0o077:
        faults.append(f"{path}: others can read it; run `chmod go= {path}`")
    if faults:
        raise OpenIdError("\n".join(faults))
    return Provider(**found)


def _is_text(found: Mapping[str, Any], key: str) -> bool:
    return isinstance(found.get(key), str) and bool(found[key])


def _is_private(issuer: str) -> bool:
    place = urlsplit(issuer)
    return place.scheme == "https" or (place.scheme == "http" and place.hostname in LOOPBACK)
