"""How this provider delivers and whom it writes: levering.toml in the data folder; secrets in files."""

from __future__ import annotations

import re
import stat
import tomllib
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from export.levering.bewijs import CHOICES, WAARSCHUWEN

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = "levering.toml"
MAP: Final = "map"
SFTP: Final = "sftp"
STARTTLS: Final = "starttls"
DIRECT: Final = "direct"
MOST_PORTS: Final = 65535


class ConfigurationFaults(ValueError):  # noqa: N818 - it holds faults, as catalogue.BankFaults does
    """levering.toml cannot be used; the message names every fault with its place and remedy."""


@dataclass(frozen=True, slots=True)
class SftpServer:
    """Where parcels go: the address, who we are, and the one host key that is believed."""

    host: str
    port: int
    user: str
    key: Path = field(repr=False)
    host_key: str
    folder: str


@dataclass(frozen=True, slots=True)
class MailServer:
    """Which server takes our mails, always over TLS."""

    host: str
    port: int
    tls: str
    sender: Address
    user: str | None = None
    password: Path | None = field(default=None, repr=False)
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that levering.toml says."""

    pickup: Path
    """The folder in which parcels are left, where no SFTP server is named."""
    sftp: SftpServer | None = None
    smtp: MailServer | None = None
    boards: Mapping[str, Address] = field(default_factory=dict, repr=False)
    """The user administrator of each bevoegd gezag, by its number."""
    schools: Mapping[str, Address] = field(default_factory=dict, repr=False)
    """Who is reminded of a vestiging, beside its board."""
    verantwoording: Path | None = None
    bewijs: str = WAARSCHUWEN


def load(folder: Path) -> Configuration:
    """Read levering.toml of a data folder; without it parcels are left for pick-up and no mail is sent.

    Raises `ConfigurationFaults` with all faults.
    """
    file = folder / FILE
    try:
        given = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ConfigurationFaults(f"{file}: cannot be read ({fault}); mend it") from None
    reader = _Reader(file)
    found = _configuration(reader, given)
    if reader.faults:
        raise ConfigurationFaults("\n".join(reader.faults))
    return found


def _configuration(reader: _Reader, given: dict[str, Any]) -> Configuration:
    own = reader.table(given, "levering", ("weg", "map", "verantwoording", "bewijs"))
    reader.known(given, "", ("levering", "sftp", "smtp", "bestuur", "school"))
    way = own.choice("weg", (MAP, SFTP), default=MAP)
    return Configuration(
        pickup=own.path("map", default="levering"),
        sftp=_sftp(reader.table(given, "sftp", _SFTP_FIELDS)) if way == SFTP else None,
        smtp=_smtp(reader.table(given, "smtp", _SMTP_FIELDS)) if "smtp" in given else None,
        boards=_addresses(reader, given, "bestuur", "[0-9]{5}"),
        schools=_addresses(reader, given, "school", "[0-9]{2}[A-Z]{2}[0-9]{2}"),
        verantwoording=own.path("verantwoording") if "verantwoording" in own.given else None,
        bewijs=own.choice("bewijs", CHOICES, default=WAARSCHUWEN),
    )


_SFTP_FIELDS: Final = ("host", "port", "gebruiker", "sleutel", "hostsleutel", "map")
_SMTP_FIELDS: Final = ("host", "port", "tls", "afzender", "gebruiker", "wachtwoord", "ca")


def _sftp(table: _Table) -> SftpServer:
    return SftpServer(
        host=table.text("host"),
        port=table.port("port", default=22),
        user=table.text("gebruiker"),
        key=table.secret("sleutel"),
        host_key=table.text("hostsleutel"),
        folder=table.text("map"),
    )


def _smtp(table: _Table) -> MailServer:
    tls = table.choice("tls", (STARTTLS, DIRECT), default=STARTTLS)
    with_login = "gebruiker" in table.given
    return MailServer(
        host=table.text("host"),
        port=table.port("port", default=587 if tls == STARTTLS else 465),
        tls=tls,
        sender=table.address("afzender"),
        user=table.text("gebruiker") if with_login else None,
        password=table.secret("wachtwoord") if with_login else None,
        ca=table.path("ca") if "ca" in table.given else None,
    )


def _addresses(reader: _Reader, given: dict[str, Any], name: str, form: str) -> dict[str, Address]:
    found = {}
    for number in given.get(name, {}):
        table = reader.table(given[name], number, ("naam", "email"), within=f"{name}.")
        if not re.fullmatch(form, number):
            reader.faults.append(f"{reader.file}: [{name}.{number}]: is no number of the register; mend it")
        found[number] = table.address("email", shown=str(table.given.get("naam", "")))
    return found


@dataclass(slots=True)
class _Reader:
    """Reads tables and keeps the faults."""

    file: Path
    faults: list[str] = field(default_factory=list)

    def table(self, given: dict[str, Any], name: str, fields: tuple[str, ...], *, within: str = "") -> _Table:
        found = given.get(name, {})
        if not isinstance(found, dict):
            self.faults.append(f"{self.file}: {within}{name}: is no table; write [{within}{name}]")
            found = {}
        self.known(found, f"[{within}{name}] ", fields)
        return _Table(self, f"{within}{name}", found)

    def known(self, given: dict[str, Any], place: str, fields: tuple[str, ...]) -> None:
        for unknown in sorted(given.keys() - set(fields)):
            self.faults.append(
                f"{self.file}: {place}{unknown}: is unknown here; use one of: {', '.join(fields)}"
            )


@dataclass(frozen=True, slots=True)
class _Table:
    reader: _Reader
    name: str
    given: dict[str, Any]

    def text(self, key: str) -> str:
        value = self.given.get(key)
        if isinstance(value, str) and value.strip() and value.isprintable():
            return value.strip()
        return self._fault(key, "give a text")

    def choice(self, key: str, choices: tuple[str, ...], *, default: str) -> str:
        value = self.given.get(key, default)
        return value if value in choices else self._fault(key, f"use one of: {', '.join(choices)}")

    def port(self, key: str, *, default: int) -> int:
        value = self.given.get(key, default)
        if isinstance(value, int) and 0 < value <= MOST_PORTS:
            return value
        self._fault(key, f"give a number from 1 to {MOST_PORTS}")
        return default

    def path(self, key: str, *, default: str | None = None) -> Path:
        value = self.given.get(key, default)
        if not isinstance(value, str) or not value:
            self._fault(key, "give the path of a file or folder")
        return self.reader.file.parent / str(value or "")

    def secret(self, key: str) -> Path:
        file = self.path(key)
        if key in self.given and not file.is_file():
            self._fault(key, f"{file} is no file; put the secret into it")
        elif file.is_file() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            self._fault(key, f"others can read {file}; run `chmod go= {file}`")
        return file

    def address(self, key: str, *, shown: str = "") -> Address:
        name, address = parseaddr(self.text(key))
        try:
            return Address(display_name=shown or name, addr_spec=address)
        except (ValueError, IndexError, MessageError):  # whatever the parser of the standard library meets
            self._fault(key, "write an e-mail address, as in beheer@example.org")
            return Address("", "nobody", "invalid")

    def _fault(self, key: str, remedy: str) -> str:
        self.reader.faults.append(f"{self.reader.file}: [{self.name}] {key}: {remedy}")
        return ""
