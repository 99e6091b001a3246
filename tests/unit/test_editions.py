"""Fingerprints: the same content has the same one, and any other content another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from instrument import catalogue, editions

CODE = "po_bovenbouw_2026"
every_edition = pytest.mark.parametrize("code", catalogue.bundled())


def load_changed(code: str, old: str, new: str, folder: Path) -> str:
    """Return the fingerprint of a bundled bank with one change in its file."""
    source = catalogue.bundled()[code].read_text("utf-8")
    assert old in source
    (folder / "changed.toml").write_text(source.replace(old, new, 1), "utf-8")
    return editions.fingerprint(catalogue.load(folder / "changed.toml"))


@every_edition
def test_a_bundled_edition_is_released_with_its_fingerprint(code: str) -> None:
    """Red after any change of a released bank: copy it and give the copy a new code."""
    assert editions.released()[code] == editions.fingerprint(catalogue.edition(code))


def test_no_release_is_ever_taken_away() -> None:
    """Answers to an edition are only worth something while its questions can be read."""
    assert set(editions.released()) == set(catalogue.bundled())


@every_edition
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Hoe veilig voel jij je tijdens de les?", "Hoe veilig voel jij je, tijdens de les?"),
        ("Wat is plagen?", "Wat is plagen"),
        ('label.nl = "Nooit"', 'label.nl = "Geen keer"'),
        ("reversed = true", "reversed = false"),
        ("sensitive = true", "sensitive = false"),
        (", 6", ""),  # one leerjaar less
        ('minimum_answered = "2/3"', 'minimum_answered = "1/2"'),
        ('topic = "klas"', 'topic = "les"'),
        ('title.en = "Who helps"', 'title.en = "Who helps?"'),
        ("answered = [2, ", "answered = ["),
        ('reading_level = "A2"', 'reading_level = "B1"'),
        ('note = "', 'note = "Nieuw. '),
    ],
)
def test_a_changed_comma_is_a_new_edition(code: str, old: str, new: str, tmp_path: Path) -> None:
    """Scores of two wordings may not be compared unnoticed."""
    assert load_changed(code, old, new, tmp_path) != editions.fingerprint(catalogue.edition(code))


def test_layout_and_comments_are_no_part_of_an_edition(tmp_path: Path) -> None:
    """What no pupil sees may be tidied."""
    same = load_changed(
        CODE, 'code = "po_bovenbouw_2026"', "# tidy\n\ncode   =   'po_bovenbouw_2026'", tmp_path
    )
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
    changed = replace(catalogue.edition(CODE), leerjaren=(8,))
    with pytest.raises(editions.EditionChangedError, match="give it a new code"):
        editions.check_released(changed)


def test_an_edition_that_was_never_released_may_change() -> None:
    """Otherwise nobody could write one."""
    editions.check_released(replace(catalogue.edition(CODE), code="po_concept"))


@every_edition
def test_a_changed_bundled_bank_is_not_put_to_pupils(
    code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`catalogue.edition` is the only way to a bundled edition, so the check stands there."""
    source = catalogue.bundled()[code].read_text("utf-8").replace("tijdens de les", "in de les")
    (tmp_path / f"{code}.toml").write_text(source, "utf-8")
    monkeypatch.setattr(catalogue, "QUESTIONS", tmp_path)
    catalogue.edition.cache_clear()
    with pytest.raises(editions.EditionChangedError, match=code):
        catalogue.edition(code)
    catalogue.edition.cache_clear()
