"""Drafts: answers not sent yet, sealed under a key that only the deelnamecode gives."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, delete, insert, select, update

from instrument.store.tables import CODES, DRAFTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from instrument.store.keys import CodeKeys

NONCE_BYTES: Final = 12
PADDED_TO: Final = 512
"""A sealed draft's length is a multiple of this, so that it does not tell how much was answered."""
REMEMBERED_SOURCES: Final = 8
"""Pages of one code whose sequence numbers are kept; a code has one or two at a time."""

# Made once: every pupil's answers run these, and making one costs as much as running it.
_THIS_DRAFT: Final = (DRAFTS.c.afname_id == bindparam("afname")) & (DRAFTS.c.draft_tag == bindparam("tag"))
_READ: Final = select(DRAFTS.c.sealed).where(_THIS_DRAFT)
_DESTROY: Final = delete(DRAFTS).where(_THIS_DRAFT)
_OF_A_CODE: Final = (
    select(CODES.c.stamgroep, DRAFTS.c.sealed)
    .select_from(CODES)
    .outerjoin(DRAFTS, (DRAFTS.c.afname_id == CODES.c.afname_id) & (DRAFTS.c.draft_tag == bindparam("tag")))
    .where(CODES.c.afname_id == bindparam("afname"), CODES.c.code_tag == bindparam("code"))
)
_CHANGE: Final = update(DRAFTS).where(_THIS_DRAFT).values(sealed=bindparam("sealed_now"))
_ADD: Final = insert(DRAFTS)


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers of one code so far, and the last sequence number per page and item."""

    answers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    seen: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def with_answer(self, source: str, seq: int, item: str, value: int | None) -> Draft:
        """Return the draft with one answer put in or cleared; what this page sent before changes nothing.

        The numbers are kept per item: a late answer to another item is news, however low its number.
        """
        numbers = self.seen.get(source, {})
        if seq <= numbers.get(item, -1):
            return self
        others = {key: value for key, value in self.seen.items() if key != source}
        answers = {key: given for key, given in self.answers.items() if key != item}
        if value is not None:
            answers[item] = value
        seen = {**others, source: {**numbers, item: seq}}
        return Draft(answers, dict(list(seen.items())[-REMEMBERED_SOURCES:]))


def read(connection: Connection, afname_id: str, keys: CodeKeys) -> Draft:
    """Return the draft of a code; an empty one where nothing was saved."""
    sealed = connection.execute(_READ, {"afname": afname_id, "tag": keys.draft_tag}).scalar()
    return Draft() if sealed is None else unseal(sealed, afname_id, keys)


def of_usable(connection: Connection, afname_id: str, keys: CodeKeys) -> Draft | None:
    """Return the draft of a code in the same breath as the code; None where that cannot be used any more."""
    here = {"afname": afname_id, "tag": keys.draft_tag, "code": keys.code_tag}
    row = connection.execute(_OF_A_CODE, here).first()
    if row is None:
        return None
    return Draft() if row.sealed is None else unseal(row.sealed, afname_id, keys)


def write(connection: Connection, afname_id: str, keys: CodeKeys, draft: Draft) -> None:
    """Keep the draft of a code in place of its last one."""
    # In two steps that every store knows; nobody comes between, for the request has this afname to itself.
    sealed = seal(draft, afname_id, keys)
    here = {"afname": afname_id, "tag": keys.draft_tag}
    if connection.execute(_CHANGE, {**here, "sealed_now": sealed}).rowcount == 0:
        fields = {"afname_id": afname_id, "draft_tag": keys.draft_tag, "sealed": sealed}
        connection.execute(_ADD, fields)


def destroy(connection: Connection, afname_id: str, keys: CodeKeys) -> None:
    """Delete the draft of a code."""
    connection.execute(_DESTROY, {"afname": afname_id, "tag": keys.draft_tag})


def seal(draft: Draft, afname_id: str, keys: CodeKeys) -> bytes:
    """Return a draft as nonce and ciphertext, bound to its afname."""
    plain = json.dumps({"answers": dict(draft.answers), "seen": dict(draft.seen)}, separators=(",", ":"))
    padded = plain.encode().ljust(-(-len(plain) // PADDED_TO) * PADDED_TO)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(keys.draft_key).encrypt(nonce, padded, afname_id.encode())


def unseal(sealed: bytes, afname_id: str, keys: CodeKeys) -> Draft:
    """Return the draft in a seal; raises `InvalidTag` where a byte of it was changed."""
    nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    content = json.loads(AESGCM(keys.draft_key).decrypt(nonce, ciphertext, afname_id.encode()))
    return Draft(content["answers"], content["seen"])
