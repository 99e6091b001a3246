"""A real mail server on loopback (aiosmtpd): TLS or nothing, a login, and every mail it took."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

USER, PASSWORD = "weerglas", "een lang wachtwoord"


@dataclass
class MailServer:
    """Where it listens, who vouches for it, and what it took."""

    port: int
    certificate: Path
    taken: list[EmailMessage] = field(default_factory=list)
    refusing: bool = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refusing:
            return "451 try again later"
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def toml(self) -> str:
        """Return the part of levering.toml that names this server."""
        return f"""
[smtp]
host = "127.0.0.1"
port = {self.port}
tls = "starttls"
afzender = "Weerglas <weerglas@aanbieder.example>"
gebruiker = "{USER}"
wachtwoord = "smtp.password"
ca = "{self.certificate}"

[bestuur.41234]
naam = "Beheer van het bestuur"
email = "beheer@bestuur.example"
"""

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.taken]


@contextlib.contextmanager
def running(folder: Path) -> Iterator[MailServer]:
    """Run the server in a thread of this process."""
    certificate, key = _certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server = MailServer(0, certificate)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server.port = probe.getsockname()[1]
    controller = _Controller(server, hostname="127.0.0.1", port=server.port, context=context)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


class _Controller(Controller):
    def __init__(self, handler: Any, *, context: ssl.SSLContext, **where: Any) -> None:
        self._context = context
        super().__init__(handler, **where)

    def factory(self) -> SMTP:
        return SMTP(
            self.handler,
            tls_context=self._context,
            require_starttls=True,
            authenticator=_authenticate,
            auth_required=True,
        )


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right)


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "mail.pem", folder / "mail.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private
