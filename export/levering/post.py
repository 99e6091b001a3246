"""The post: mails over SMTP, always with TLS; the same mail again has the same Message-ID."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from typing import TYPE_CHECKING, Final, Self

from export.levering.configuration import STARTTLS

if TYPE_CHECKING:
    from email.message import EmailMessage

    from export.levering.configuration import MailServer

PATIENCE: Final = 30.0
"""Seconds to wait for the mail server."""


class NotMailed(Exception):  # noqa: N818 - it reads as the fact it is
    """A mail was not taken; it stays in the outbox and is tried again at the next run."""


class Post:
    """One connection to the mail server, used within `with`."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def __enter__(self) -> Self:
        """Connect, with TLS, and log in where an account is named."""
        try:
            self._smtp = self._connected()
        except (OSError, smtplib.SMTPException) as fault:
            raise NotMailed(_said(self._server, fault)) from None
        return self

    def __exit__(self, *_: object) -> None:
        """Say goodbye."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._smtp.quit()

    def send(self, message: EmailMessage) -> str:
        """Hand over one mail, and return the receipt."""
        try:
            self._smtp.send_message(message)
        except (OSError, smtplib.SMTPException) as fault:
            raise NotMailed(_said(self._server, fault)) from None
        return f"smtp {self._server.host}"

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        context = ssl.create_default_context(cafile=None if server.ca is None else str(server.ca))
        smtp: smtplib.SMTP
        if server.tls == STARTTLS:
            smtp = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
            smtp.starttls(context=context)  # raises where the server has none: never in the clear
        else:
            smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=context)
        if server.user is not None and server.password is not None:
            smtp.login(server.user, server.password.read_text("utf-8").strip())
        return smtp


def _said(server: MailServer, fault: Exception) -> str:
    # Of the server's answer the class only: it may repeat an address, and this line reaches a log.
    return f"{server.host}: {type(fault).__name__}; see to the mail server, and run again"
