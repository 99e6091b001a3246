"""Every method names its source, and every source is named by a method."""

import pytest

from export.account import sources
from export.account.texts import texts

PARTS = {name: part for name, part in texts().items() if isinstance(part, dict) and "sources" in part}


def test_every_key_is_a_source_and_every_source_is_used():
    used = {key for part in PARTS.values() for key in part["sources"]}
    assert used <= sources.literature().keys()
    assert sources.literature().keys() - used <= {"cotan2010"}


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("horn1965", "Horn (1965)"),
        ("schmid1957", "Schmid & Leiman (1957)"),
        ("devet2006", "de Vet e.a. (2006)"),
        ("muthen1997", "Muthén e.a. (1997)"),
    ],
)
def test_a_source_is_named_by_its_authors_and_year(key, said):
    assert sources.cited([key]) == said


def test_every_source_has_a_year_and_names_somebody():
    for key in sources.literature():
        assert sources.cited([key])[-6:-5] == "(", key


def test_the_list_is_in_the_order_of_the_alphabet():
    found = sources.listed(["zumbo1999", "horn1965", "horn1965"])
    assert [line[:4] for line in found] == ["Horn", "Zumb"]
