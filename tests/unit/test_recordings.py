"""Questions read aloud by a person: found by name, served by content, and never too large."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from instrument.screens import recordings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of recordings of one edition."""
    monkeypatch.setattr(recordings, "FOLDER", tmp_path)
    recordings.all_recordings.cache_clear()
    (tmp_path / "po_2026").mkdir()
    yield tmp_path / "po_2026"
    recordings.all_recordings.cache_clear()


def test_a_recording_belongs_to_one_item_in_one_language(folder: Path) -> None:
    """The page offers it where it fits, and the browser's voice elsewhere."""
    (folder / "WB01.nl.mp3").write_bytes(b"nederlands")
    (folder / "WB01.en.mp3").write_bytes(b"english")
    (folder / "WB02.nl.mp3").write_bytes(b"iets anders")
    assert set(recordings.addresses("po_2026", "WB01")) == {"nl", "en"}
    assert recordings.addresses("po_2026", "WB03") == {}
    assert recordings.addresses("vo_2026", "WB01") == {}


def test_a_new_recording_has_a_new_name(folder: Path) -> None:
    """It is kept for good by browsers, so the old name must not mean something else."""
    file = folder / "WB01.nl.mp3"
    names = []
    for content in (b"de eerste", b"de tweede"):
        file.write_bytes(content)
        recordings.all_recordings.cache_clear()
        names.append(recordings.addresses("po_2026", "WB01")["nl"])
    assert names[0] != names[1]


def test_a_recording_too_large_for_a_class_is_refused(folder: Path) -> None:
    """With its name and what to do."""
    (folder / "WB01.nl.mp3").write_bytes(bytes(recordings.LARGEST + 1))
    with pytest.raises(recordings.RecordingFault, match=r"WB01\.nl\.mp3: is larger .* 64 kbit/s"):
        recordings.all_recordings()
