"""The fields of a toestemming as they come in: read into values, or refused with every fault at once."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from export.levering.sentences import sentence
from instrument.store.refusals import RuleFaults

if TYPE_CHECKING:
    from collections.abc import Mapping

DOORLEVERNIVEAUS: Final = ("school", "onderwijssoort")
AFNAMEWIJZEN: Final = ("klassikaal", "individueel", "thuis")
MEDIA: Final = ("digitaal", "papier")
OMVANG: Final = ("alle_leerlingen", "steekproef")
NAME_LENGTH: Final = 120
REMARK_LENGTH: Final = 600
REQUIRED: Final = (
    "naam", "functie", "akkoord_naam", "akkoord_datum", "doorleverniveau", "leverdatum",
    "afnamewijze", "toezicht", "voorgelezen", "medium",
)  # fmt: skip
OPTIONAL: Final = ("akkoord_functie", "omvang", "toelichting_respons", "herstel", "inhoud")
ADDED_BY_RULES: Final = ("account", "akkoord_eigen_login")
"""What is recorded beside the form: whether the bestuur agreed in its own login."""
UNREADABLE: Final = date.min

_EXAMPLE_DAY: Final = "2027-03-31"
_FLAGS: Final = {True: True, False: False, "ja": True, "nee": False}


class ToestemmingFaults(RuleFaults):
    """A toestemming is refused; `faults` holds every fault with its field and its remedy, in Dutch."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who gave the toestemming on behalf of the school."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Akkoord:
    """Who agreed on behalf of the bevoegd gezag, and on which day."""

    name: str
    day: date
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """How the afname went: the questions of the fifth step."""

    afnamewijze: str
    supervised_by: str
    read_aloud: bool
    medium: str
    omvang: str | None
    remark: str | None


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a toestemming, each in form; whether the dates are right is not known here."""

    given_by: Signatory
    akkoord: Akkoord
    doorleverniveau: str
    leverdatum: date
    conditions: Conditions
    herstel: bool
    inhoud: str | None = None
    """Hash of the report that was checked (see `inhoud.fingerprint`); another content is not delivered."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read, and every fault found; a date that could not be read is `UNREADABLE`."""

    fields: Fields
    faults: tuple[str, ...]


def reading(fields: Mapping[str, Any]) -> Reading:
    """Read the fields of a form as far as they go, so that their dates can be checked as well."""
    reader = _Reader({key: given for key, given in fields.items() if not _is_blank(given)})
    reader.refuse_unknown()
    return Reading(_fields(reader), tuple(reader.faults))


def read(fields: Mapping[str, Any]) -> Fields:
    """Read the fields of a recorded event; raises `ToestemmingFaults` with all faults."""
    found = reading({key: given for key, given in fields.items() if key not in ADDED_BY_RULES})
    if found.faults:
        raise ToestemmingFaults(found.faults)
    return found.fields


def write(fields: Fields) -> dict[str, Any]:
    """Return the fields as they are recorded; `read` takes them back."""
    conditions = fields.conditions
    return {
        "naam": fields.given_by.name,
        "functie": fields.given_by.role,
        "akkoord_naam": fields.akkoord.name,
        "akkoord_datum": fields.akkoord.day.isoformat(),
        "akkoord_functie": fields.akkoord.role,
        "doorleverniveau": fields.doorleverniveau,
        "leverdatum": fields.leverdatum.isoformat(),
        "afnamewijze": conditions.afnamewijze,
        "toezicht": conditions.supervised_by,
        "voorgelezen": conditions.read_aloud,
        "medium": conditions.medium,
        "omvang": conditions.omvang,
        "toelichting_respons": conditions.remark,
        "herstel": fields.herstel,
        "inhoud": fields.inhoud,
    }


def _fields(reader: _Reader) -> Fields:
    return Fields(
        given_by=Signatory(reader.text("naam"), reader.text("functie")),
        akkoord=Akkoord(
            reader.text("akkoord_naam"), reader.day("akkoord_datum"), reader.text("akkoord_functie") or None
        ),
        doorleverniveau=reader.choice("doorleverniveau", DOORLEVERNIVEAUS),
        leverdatum=reader.day("leverdatum"),
        conditions=Conditions(
            afnamewijze=reader.choice("afnamewijze", AFNAMEWIJZEN),
            supervised_by=reader.text("toezicht"),
            read_aloud=reader.flag("voorgelezen"),
            medium=reader.choice("medium", MEDIA),
            omvang=reader.choice("omvang", OMVANG) or None,
            remark=reader.text("toelichting_respons", longest=REMARK_LENGTH) or None,
        ),
        herstel=reader.flag("herstel"),
        inhoud=reader.text("inhoud") or None,
    )


def _is_blank(given: object) -> bool:
    return given is None or (isinstance(given, str) and not given.strip())


@dataclass(slots=True)
class _Reader:
    """Reads one field after another and keeps the faults; a faulty field reads as an empty value."""

    given: Mapping[str, Any]
    faults: list[str] = field(default_factory=list)

    def refuse_unknown(self) -> None:
        known = (*REQUIRED, *OPTIONAL)
        for key in self.given:
            if key not in known:
                self._fault("onbekend_veld", ascii(str(key))[1:-1][:40], keuzes=", ".join(known))

    def text(self, key: str, *, longest: int = NAME_LENGTH) -> str:
        given = self._given(key)
        if not isinstance(given, str):
            return self._fault("geen_tekst", key)
        words = " ".join(given.split())
        if len(words) > longest:
            return self._fault("te_lang", key, maximum=longest)
        # control, bidi and half characters could make a name on screen differ from the name in the file
        if any(unicodedata.category(sign).startswith("C") for sign in words):
            return self._fault("tekens", key)
        return words

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        given = self._given(key)
        if given == "" or given in choices:
            return str(given)
        return self._fault("keuze", key, keuzes=", ".join(choices))

    def day(self, key: str) -> date:
        given = self._given(key)
        try:
            return UNREADABLE if given == "" else date.fromisoformat(str(given))
        except ValueError:
            self._fault("datum", key, voorbeeld=_EXAMPLE_DAY)
        return UNREADABLE

    def flag(self, key: str) -> bool:
        given = self._given(key)
        if given != "" and (not isinstance(given, bool | str) or given not in _FLAGS):
            self._fault("ja_nee", key)
            return False
        return bool(given) and _FLAGS[given]

    def _given(self, key: str) -> Any:  # noqa: ANN401 - what came in, before it is checked
        return self.given.get(key) if key in self.given else self._missing(key)

    def _missing(self, key: str) -> str:
        return self._fault("ontbreekt", key) if key in REQUIRED else ""

    def _fault(self, kind: str, field: str, **fields: object) -> str:
        self.faults.append(sentence("toestemming", kind, veld=field, **fields))
        return ""
