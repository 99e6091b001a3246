"""What the tests of leveringen share: an office on a data folder of its own, a mail and an SFTP server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from instrument.store.data_folder import DataFolder
from tests.levering import mail_server, sftp_server
from tests.levering.office import Moment, Office, closed_afname, office, schools
from tests.store.conftest import cluster, ground  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.levering.mail_server import MailServer
    from tests.levering.sftp_server import SftpServer


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder.create(tmp_path / "data", simulated=True)


@pytest.fixture
def at_office(folder: DataFolder) -> Iterator[Office]:
    """An office with one school that may give toestemming."""
    with office(folder, Moment()) as opened:
        closed_afname(opened.operator, schools(1)[0])
        yield opened


@pytest.fixture(scope="session")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server.running(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture(scope="session")
def sftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    sshd = sftp_server.program()
    if sshd is None:
        sftp_server.do_without()
    else:
        with sftp_server.running(sshd, tmp_path_factory.mktemp("sftp")) as server:
            yield server


@pytest.fixture(autouse=True)
def clean(request: pytest.FixtureRequest) -> None:
    """Both servers are shared by the session; each test finds them empty."""
    if "mailbox" in request.fixturenames:
        request.getfixturevalue("mailbox").taken.clear()
    if "sftp" in request.fixturenames:
        request.getfixturevalue("sftp").empty()
