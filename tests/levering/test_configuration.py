"""levering.toml: every fault at once, with its place and remedy; secrets are files for the owner alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from export.levering import configuration
from export.levering.configuration import ConfigurationFaults

EXAMPLE = Path(__file__).parents[2] / "deploy" / "levering.example.toml"
SECRETS = {"sftp.key": "key", "smtp.password": "geheim"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, secret in SECRETS.items():
        (tmp_path / name).write_text(secret, "utf-8")
        (tmp_path / name).chmod(0o600)
    return tmp_path


def loaded(folder: Path, *changes: tuple[str, str]) -> Any:
    text = EXAMPLE.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / configuration.FILE).write_text(text, "utf-8")
    return configuration.load(folder)


def test_the_example_that_is_shipped_can_be_used(folder: Path) -> None:
    found = loaded(folder)
    assert (found.sftp.host, found.sftp.port, found.sftp.key) == ("sftp.example.org", 22, folder / "sftp.key")
    assert str(found.boards["41234"]) == "Beheer van de stichting <beheer@example.org>"
    assert found.schools["02QZ00"].addr_spec == "coordinator@example.org"
    assert found.smtp.tls == "starttls"


def test_without_a_file_parcels_are_left_and_no_mail_is_sent(folder: Path) -> None:
    found = configuration.load(folder)
    assert (found.pickup, found.sftp, found.smtp) == (folder / "levering", None, None)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('weg = "sftp"', 'weg = "duif"', "[levering] weg: use one of: map, sftp"),
        ('bewijs = "waarschuwen"', 'bewijs = "misschien"', "[levering] bewijs: use one of"),
        ('host = "sftp.example.org"', "host = 3", "[sftp] host: give a text"),
        ("port = 22", "port = 70000", "[sftp] port: give a number from 1 to 65535"),
        ('sleutel = "sftp.key"', 'sleutel = "weg.key"', "is no file"),
        ('tls = "starttls"', 'tls = "nee"', "[smtp] tls: use one of: starttls, direct"),
        (
            'afzender = "Weerglas <weerglas@example.org>"',
            'afzender = "x"',
            "[smtp] afzender: write an e-mail",
        ),
        ('email = "beheer@example.org"', 'email = "a@b@c"', "[bestuur.41234] email"),
        ("[bestuur.41234]", "[bestuur.4123]", "is no number of the register"),
        ("[school.02QZ00]", "[school.02QZ]", "is no number of the register"),
        ('gebruiker = "weerglas"\nsleutel', 'gebruikr = "w"\nsleutel', "gebruikr: is unknown here"),
        ("[smtp]", "[stmp]", "stmp: is unknown here; use one of"),
        ("[levering]", "[levering", "cannot be read"),
    ],
)
def test_a_fault_names_its_place_and_its_remedy(folder: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(ConfigurationFaults) as refused:
        loaded(folder, (old, new))
    assert words in str(refused.value)
    assert "levering.toml" in str(refused.value)


def test_all_faults_come_at_once(folder: Path) -> None:
    changes = [
        ('weg = "sftp"', 'weg = "duif"'),
        ('tls = "starttls"', 'tls = "nee"'),
        ("port = 587", "port = 0"),
    ]
    with pytest.raises(ConfigurationFaults) as refused:
        loaded(folder, *changes)
    assert len(str(refused.value).splitlines()) == 3


def test_a_secret_that_others_can_read_is_refused(folder: Path) -> None:
    (folder / "smtp.password").chmod(0o644)
    with pytest.raises(ConfigurationFaults, match="chmod go="):
        loaded(folder)


def test_a_header_cannot_be_smuggled_into_an_address(folder: Path) -> None:
    """What stands in a mail's head comes from this file alone, and is one line."""
    with pytest.raises(ConfigurationFaults):
        loaded(folder, ('naam = "Beheer van de stichting"', 'naam = "Beheer\\r\\nBcc: x@y.z"'))
