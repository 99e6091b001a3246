"""Backups: whole up to the last commit, and gone when the codes in them go."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import tarfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from instrument.store import archive, backups, broker, client, stores
from instrument.store.backups import Backups, Rounds
from instrument.store.data_folder import DataFolder, DataFolderError
from instrument.store.refusals import Refused
from instrument.store.writer import Writer
from tests.store.cluster import PASSWORD
from tests.unit.conftest import QUICK, Classroom, open_afname

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.store.conftest import Ground


def restored(ground: Ground, file: Path, path: Path) -> DataFolder:
    if ground.cluster is None:
        return archive.unpack(file, path)
    return archive.unpack(file, path, database=ground.cluster.new_database(), password=PASSWORD)


def test_a_backup_holds_everything_up_to_the_last_commit(
    classroom: Classroom, ground: Ground, tmp_path: Path, submit: Callable[..., None]
) -> None:
    """Made while pupils answer: what was acknowledged before is there, and a pupil goes on by her code."""
    file, counts, over = tmp_path / "day.backup", [0], threading.Event()
    submit(classroom, classroom.codes[0], 3)

    def keep_on() -> None:
        with client.BlockingClient(classroom.folder.socket) as own:
            session = own.call("enter", code=classroom.codes[1])["session"]
            while not over.is_set():
                item = classroom.items[counts[0] % len(classroom.items)]
                own.call("save", capability=session, seq=counts[0], item=item, value=1)
                counts[0] += 1

    with ThreadPoolExecutor(1) as thread:
        saving = thread.submit(keep_on)
        while counts[0] < 5:
            time.sleep(0.01)
        n_before = counts[0]
        assert classroom.operator.backup(file) == 1
        over.set()
        saving.result()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    folder = restored(ground, file, tmp_path / "again")
    with broker.running(folder, effort=QUICK), client.operator(folder) as operator:
        with client.BlockingClient(folder.socket) as caller:
            answered = caller.call("enter", code=classroom.codes[1])["answered"]
            assert len(answered) >= min(n_before, len(classroom.items))
            with pytest.raises(Refused, match="has been used"):
                caller.call("enter", code=classroom.codes[0])
        assert operator.verify()["sound"] is True
        closed = operator.close_afname("02QZ00", on=classroom.afname.opened_on)
        (row,) = operator.responses(closed.afname_id)
    assert set(row["answers"].values()) == {3}
    assert folder.simulated


def test_a_restored_store_keeps_frozen_what_is_frozen(
    classroom: Classroom, ground: Ground, tmp_path: Path, submit: Callable[..., None]
) -> None:
    """Triggers and seals come along."""
    submit(classroom, classroom.codes[0], 3)
    classroom.close()
    assert classroom.operator.backup(tmp_path / "closed.backup") == 0
    folder = restored(ground, tmp_path / "closed.backup", tmp_path / "again")
    with stores.of(folder).engine().connect() as connection:
        with pytest.raises(Exception, match="never changed"):
            connection.exec_driver_sql("UPDATE responses SET answers = '{}'")
        connection.rollback()
    with broker.running(folder, effort=QUICK), client.operator(folder) as operator:
        assert operator.verify()["sound"] is True


def test_a_backup_replaces_nothing_and_leaves_nothing_half_made(classroom: Classroom, tmp_path: Path) -> None:
    """A full disk, a folder that is not there, a name that is taken: a clear word, and no file."""
    file = tmp_path / "day.backup"
    file.write_text("something dear")
    with pytest.raises(Refused, match="is there already"):
        classroom.operator.backup(file)
    with pytest.raises(Refused, match="No such file"):
        classroom.operator.backup(tmp_path / "nowhere" / "day.backup")
    with pytest.raises(Refused, match="whole path"):
        classroom.operator.backup(Path("day.backup"))
    assert file.read_text() == "something dear"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["data", "day.backup"]
    assert not list(classroom.folder.path.glob(".backup-*"))


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    """And no half-made folder is left."""
    wrong, empty = tmp_path / "holiday.jpg", tmp_path / "empty.tar"
    wrong.write_bytes(b"not a tar at all")
    tarfile.open(empty, "w").close()
    for file in (wrong, empty):
        with pytest.raises(DataFolderError, match="is no backup of Weerglas"):
            archive.unpack(file, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_restore_never_fills_a_folder_or_database_that_is_used(
    classroom: Classroom, ground: Ground, tmp_path: Path
) -> None:
    """A mistake in a name must not cost a second school its answers."""
    classroom.operator.backup(tmp_path / "day.backup")
    with pytest.raises((DataFolderError, stores.StoreFault), match=r"already"):
        archive.unpack(tmp_path / "day.backup", ground.folder.path)
    if ground.cluster is not None:
        with pytest.raises(stores.StoreFault, match="holds a store already"):
            archive.unpack(tmp_path / "day.backup", tmp_path / "again", password=PASSWORD)


def test_a_killed_backup_leaves_no_copy_of_the_store(ground: Ground) -> None:
    """What lies half made in the folder goes at the next start: it holds drafts as the store does."""
    left = ground.folder.path / ".backup-killed"
    left.mkdir()
    (left / "store").write_bytes(b"drafts")
    writer = Writer(stores.of(ground.folder))
    Backups(ground.folder, writer).tidy(None)
    assert not left.exists()


def test_without_pg_dump_a_backup_says_what_is_missing(
    shared: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The programs of PostgreSQL are its own package."""
    with broker.running(shared.folder, effort=QUICK), client.operator(shared.folder) as operator:
        monkeypatch.setenv("PATH", "/nowhere")
        with pytest.raises(
            Refused, match=r"pg_dump is not installed here; install Debian's postgresql-client"
        ):
            operator.backup(tmp_path / "day.backup")


def test_backups_are_made_hourly_while_open_and_the_oldest_go(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None without an open afname, one an hour with one, at most so many."""
    monkeypatch.setattr(backups, "KEPT", 2)
    now, kept = [0.0], tmp_path / "kept"
    kept.mkdir()

    def files() -> list[str]:
        return sorted(file.name for file in kept.iterdir())

    with broker.running(ground.folder, effort=QUICK), client.operator(ground.folder) as operator:
        pass
    hours: list[list[str]] = []

    async def story() -> None:
        writer = Writer(stores.of(ground.folder))
        await writer.open()
        rounds = Rounds(Backups(ground.folder, writer), kept, clock=lambda: now[0])
        for seconds in (0, 10, 1800, 3601, 3700, 7300):
            now[0] = seconds
            await rounds.look()
            hours.append(files())
        await writer.close()

    asyncio.run(story())
    assert hours == [[]] * 6
    with broker.running(ground.folder, effort=QUICK), client.operator(ground.folder) as operator:
        open_afname(operator)
    hours.clear()
    asyncio.run(story())
    assert [len(one) for one in hours] == [1, 1, 1, 2, 2, 2]
    assert hours[-1][0] == hours[3][1]


def test_when_an_afname_closes_the_backups_with_its_codes_go(
    ground: Ground, tmp_path: Path, submit: Callable[..., None]
) -> None:
    """Those of the folder that the broker keeps, at once; a new one takes their place."""
    kept = tmp_path / "kept"
    kept.mkdir()
    shutil.copy(__file__, kept / "not ours.txt")
    with (
        broker.running(ground.folder, effort=QUICK, backup_to=kept),
        client.operator(ground.folder) as operator,
        client.BlockingClient(ground.folder.socket) as caller,
    ):
        afname = open_afname(operator)
        codes = operator.issue_codes(afname.afname_id, stamgroep="7a", number=3)
        room = Classroom(ground.folder, operator, caller, afname, codes)
        submit(room, codes[0], 2)
        operator.backup(kept / "weerglas-0.backup")
        room.close()
        files = _after(lambda: {file.name for file in kept.glob("*.backup")}, {"weerglas-0.backup"})
    assert len(files) == 1
    (file,) = kept.glob("*.backup")
    assert archive.open_afnames(file) == frozenset()
    assert (kept / "not ours.txt").exists()


def _after(look: Callable[[], Any], unlike: Any) -> Any:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (not look() or look() & unlike):
        time.sleep(0.05)
    return look()


def test_the_command_makes_a_backup_and_a_folder_of_it(
    ground: Ground, tmp_path: Path, weerglas: Callable[..., Any]
) -> None:
    """As a school does it, on either store, without anything running."""
    file, again = tmp_path / "day.backup", tmp_path / "again"
    with broker.running(ground.folder, effort=QUICK), client.operator(ground.folder) as operator:
        open_afname(operator)
    made = weerglas("backup", "--data", ground.folder.path, "--out", file)
    assert made.returncode == 0, made.stderr
    assert "1 open afname(n): destroy it" in made.stdout
    options: list[str | Path] = []
    if ground.cluster is not None:
        password = tmp_path / "password"
        password.write_text(PASSWORD)
        os.chmod(password, 0o600)  # noqa: PTH101 - as one does
        options = ["--database", ground.cluster.new_database(), "--password-file", password]
    done = weerglas("backup", "--data", again, "--restore", file, *options)
    assert done.returncode == 0, done.stderr
    assert "ledger are whole" in done.stdout
    assert DataFolder(again).secret == ground.folder.secret
    assert weerglas("backup", "--data", again).returncode == 2
