"""Fingerprints: the same content has the same one, and any other content another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from instrument import catalogue, editions

CODE = "po_bovenbouw_2026"


def load_changed(old: str, new: str, folder: Path) -> str:
    """Return the fingerprint of the bundled bank with one change in its file."""
    source = catalogue.bundled()[CODE].read_text("utf-8")
    assert old in source
    (folder / "changed.toml").write_text(source.replace(old, new, 1), "utf-8")
    return editions.fingerprint(catalogue.load(folder / "changed.toml"))


def test_the_released_edition_has_its_fingerprint() -> None:
    """Red after any change of a released bank: copy it and give the copy a new code."""
    assert editions.released()[CODE] == editions.fingerprint(catalogue.edition(CODE))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Hoe veilig voel jij je tijdens de les?", "Hoe veilig voel jij je, tijdens de les?"),
        ('label.nl = "Best veel"', 'label.nl = "Veel"'),
        ("reversed = true", "reversed = false"),
        ("sensitive = true", "sensitive = false"),
        ("leerjaren = [6, 7, 8]", "leerjaren = [5, 6, 7, 8]"),
        ('minimum_answered = "2/3"', 'minimum_answered = "1/2"'),
        ('topic = "klas"', 'topic = "les"'),
    ],
)
def test_a_changed_comma_is_a_new_edition(old: str, new: str, tmp_path: Path) -> None:
    """Scores of two wordings may not be compared unnoticed."""
    assert load_changed(old, new, tmp_path) != editions.fingerprint(catalogue.edition(CODE))


def test_layout_and_comments_are_no_part_of_an_edition(tmp_path: Path) -> None:
    """What no pupil sees may be tidied."""
    same = load_changed('code = "po_bovenbouw_2026"', "# tidy\n\ncode   =   'po_bovenbouw_2026'", tmp_path)
    assert same == editions.fingerprint(catalogue.edition(CODE))


def test_the_order_of_items_is_part_of_an_edition() -> None:
    """A question is answered otherwise after another one."""
    edition = catalogue.edition(CODE)
    turned = replace(edition, items=edition.items[::-1])
    assert editions.fingerprint(turned) != editions.fingerprint(edition)


def test_a_fingerprint_is_a_named_sha256() -> None:
    """It stands in the summary, so it names its method."""
    name, _, digest = editions.fingerprint(catalogue.edition(CODE)).partition(":")
    assert name == "sha256"
    assert len(bytes.fromhex(digest)) == 32


def test_a_released_edition_that_changed_asks_for_a_new_code() -> None:
    """A released code keeps its questions for ever."""
    changed = replace(catalogue.edition(CODE), leerjaren=(5, 6, 7, 8))
    with pytest.raises(editions.EditionChangedError, match="give it a new code"):
        editions.check_released(changed)


def test_an_edition_that_was_never_released_may_change() -> None:
    """Otherwise nobody could write one."""
    editions.check_released(replace(catalogue.edition(CODE), code="po_concept"))


def test_a_changed_bundled_bank_is_not_put_to_pupils(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`catalogue.edition` is the only way to a bundled edition, so the check stands there."""
    source = catalogue.bundled()[CODE].read_text("utf-8").replace("tijdens de les", "in de les")
    (tmp_path / f"{CODE}.toml").write_text(source, "utf-8")
    monkeypatch.setattr(catalogue, "QUESTIONS", tmp_path)
    catalogue.edition.cache_clear()
    with pytest.raises(editions.EditionChangedError, match=CODE):
        catalogue.edition(CODE)
    catalogue.edition.cache_clear()
