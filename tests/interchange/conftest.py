"""The other programs, and editions to give them. `make programs` installs what is missing."""

import os
import random
import shutil
from collections.abc import Callable

import pytest

from instrument import catalogue
from instrument.questionnaire import NON_SUBSTANTIVE, Edition


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Find a program; without it a test is skipped, and under CI it fails."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            sentence = f"NO {name}: `make programs` installs it"
            pytest.fail(sentence) if os.environ.get("CI") == "true" else pytest.skip(sentence)
        return path

    return find


@pytest.fixture(scope="session", params=catalogue.bundled())
def edition(request: pytest.FixtureRequest) -> Edition:
    """Each of the bundled editions."""
    return catalogue.load(catalogue.bundled()[request.param])


@pytest.fixture(scope="session")
def answered(edition: Edition) -> list[dict[str, int]]:
    """Simulated answers of forty pupils: stored values, some questions skipped."""
    chance = random.Random(3)  # noqa: S311 - simulated answers, no secret
    pupils = []
    for lowest in range(40):
        values = {
            item.code: chance.choice([*item.option_set.values, *NON_SUBSTANTIVE]) for item in edition.items
        }
        # The first pupils skip nearly all, and choose the lowest: what depends on them stays unseen.
        pupils.append({code: value for code, value in values.items() if chance.random() < lowest / 40})
    return pupils
