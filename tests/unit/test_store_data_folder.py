from __future__ import annotations

import stat
from pathlib import Path

import pytest

from instrument.store.data_folder import DataFolder, DataFolderError


def test_a_new_folder_is_for_its_owner_alone(store_folder: DataFolder) -> None:
    """Who can read the secret and the store can link answers to codes."""
    assert stat.S_IMODE(store_folder.path.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in store_folder.path.iterdir()}
    assert modes == dict.fromkeys(("secret", "operator.key", "store.sqlite", "weerglas.toml"), 0o600)


def test_a_folder_remembers_that_it_is_simulated(tmp_path: Path) -> None:
    """Simulated answers must never be taken for real ones."""
    assert DataFolder.create(tmp_path / "a", simulated=True).simulated
    assert not DataFolder.create(tmp_path / "b").simulated


def test_two_folders_have_two_secrets(tmp_path: Path) -> None:
    """A secret that leaks opens one folder only."""
    one, other = DataFolder.create(tmp_path / "a"), DataFolder.create(tmp_path / "b")
    assert one.secret != other.secret
    assert one.operator_key != other.operator_key


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """A typing error in --data must not make a second, empty store."""
    with pytest.raises(DataFolderError, match="no such data folder"):
        DataFolder(tmp_path / "nowhere")


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """Without our marker nothing in a folder is ours."""
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(DataFolderError, match="not a data folder"):
        DataFolder(tmp_path)
    with pytest.raises(DataFolderError, match="something is there already"):
        DataFolder.create(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["holiday.jpg"]


def test_all_damage_is_named_at_once(store_folder: DataFolder) -> None:
    """Who restores a backup wants one list."""
    (store_folder.path / "secret").write_bytes(b"cut")
    (store_folder.path / "store.sqlite").write_bytes(b"not SQLite at all")
    (store_folder.path / "operator.key").unlink()
    with pytest.raises(DataFolderError) as refusal:
        DataFolder(store_folder.path)
    faults = str(refusal.value).splitlines()
    assert len(faults) == 3
    assert all("restore it from a backup" in fault for fault in faults)


@pytest.mark.parametrize("name", [".", "secret", "operator.key", "store.sqlite"])
def test_what_others_can_read_is_refused(store_folder: DataFolder, name: str) -> None:
    """A folder copied with the wrong umask is an open door."""
    (store_folder.path / name).chmod(0o755)
    with pytest.raises(DataFolderError, match="chmod go="):
        DataFolder(store_folder.path)


@pytest.mark.parametrize(("text", "fault"), [("format = 2", "format 2"), ("= nonsense", "cannot be read")])
def test_a_marker_that_is_not_ours_is_refused(store_folder: DataFolder, text: str, fault: str) -> None:
    """A newer format may mean something that this program would destroy."""
    (store_folder.path / "weerglas.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataFolderError, match=fault):
        DataFolder(store_folder.path)


def test_the_socket_has_a_short_path_in_a_private_folder(tmp_path: Path) -> None:
    """A Unix socket's path may have 108 bytes; a data folder's may have more."""
    deep = tmp_path.joinpath(*["a_rather_long_name_of_a_folder"] * 4)
    socket = DataFolder.create(deep).socket
    assert len(str(socket).encode()) < 100
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700


def test_a_folder_has_one_socket_however_it_is_named(
    store_folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client in another working directory, or through a link, finds the same broker."""
    monkeypatch.chdir(store_folder.path.parent)
    link = store_folder.path.parent / "link"
    link.symlink_to(store_folder.path)
    assert DataFolder(Path("data")).socket == DataFolder(link).socket == store_folder.socket
