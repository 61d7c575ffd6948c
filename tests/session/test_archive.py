"""A session as one file: packed while it is written, and unpacked from a stranger's archive."""

from __future__ import annotations

import io
import os
import random
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from session_events import checkpoint, equal, experiment, history, metrics, record, started

from ganstudio.errors import Cancelled, UserError
from ganstudio.session import archive, archive_rules
from ganstudio.session.archive import export_zip, import_zip
from ganstudio.session.copying import copy_states
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session

Change = Callable[[ZipFile], None]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with notes, packed; not to be changed."""
    folder = tmp_path_factory.mktemp("packed")
    session = Session.create(folder / "my run", experiment())
    record(session, history(20, 10))
    session.annotate(notes="worth keeping", tags=["good"])
    session.pin(10)
    export_zip(session, folder / "session.zip")
    return folder / "session.zip"


@pytest.fixture
def session(packed: Path, tmp_path: Path) -> Session:
    return Session.open(Path(shutil.copytree(packed.parent / "my run", tmp_path / "my run")))


def files(folder: Path) -> dict[str, bytes]:
    """All files of a session but the history, whose bytes SQLite chooses."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("metrics")
    }


def test_a_session_comes_back_whole(packed: Path, session: Session, tmp_path: Path) -> None:
    back = import_zip(packed, tmp_path / "deep" / "back")
    assert files(back.path) == files(session.path)
    assert back.record == session.record
    assert back.annotations == session.annotations
    ours, theirs = session.latest_snapshot(), back.latest_snapshot()
    assert ours is not None
    assert theirs is not None
    assert equal(ours, theirs)
    assert len(list(back.replay())) == len(list(session.replay()))
    assert back.metrics.events()[-1].kind == "copied"
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["back"]
    with Recorder(back) as recorder:
        recorder.handle(started(20))


def test_a_session_that_never_began_goes_there_and_back(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "run", experiment())
    export_zip(session, tmp_path / "session.zip")
    back = import_zip(tmp_path / "session.zip", tmp_path / "back")
    assert {path.name for path in back.path.iterdir()} == {path.name for path in session.path.iterdir()}
    record(back, [started(), checkpoint(1)])
    assert back.fork(tmp_path / "fork").checkpoints() == [1]


def test_any_zip_tool_reads_it_and_tensors_are_stored(packed: Path) -> None:
    with ZipFile(packed) as file:
        assert file.testzip() is None
        kinds = {Path(entry.filename).suffix: entry.compress_type for entry in file.infolist()}
        assert {entry.filename.split("/")[0] for entry in file.infolist()} == {"my run"}
    assert kinds == {
        ".safetensors": ZIP_STORED,
        ".png": ZIP_STORED,
        ".json": ZIP_DEFLATED,
        ".sqlite": ZIP_DEFLATED,
    }


def test_without_a_target_it_joins_the_others(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "sessions_folder", lambda: tmp_path / "own")
    assert [import_zip(packed).name for _ in range(2)] == ["my run", "my run (2)"]


def test_what_was_there_is_replaced_by_the_whole_file_only(session: Session, tmp_path: Path) -> None:
    target = tmp_path / "old.zip"
    target.write_bytes(b"precious")
    (session.path / "metrics.sqlite").rename(session.path / "gone")
    with pytest.raises(UserError, match="is missing"):
        export_zip(session, target)
    assert target.read_bytes() == b"precious"
    (session.path / "gone").rename(session.path / "metrics.sqlite")
    export_zip(session, target)
    assert import_zip(target, tmp_path / "back").checkpoints() == [10, 20]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back", "my run", "old.zip"]


@pytest.mark.parametrize("name", ["inside.zip", "samples/inside.zip", "samples"])
def test_an_archive_lies_outside_of_the_session(session: Session, name: str) -> None:
    with pytest.raises(UserError, match="outside of the session's folder"):
        export_zip(session, session.path / name)


def test_only_the_session_is_packed(session: Session, tmp_path: Path) -> None:
    (session.path / "lock").write_text("{}")
    (session.path / ".part-1234-x").write_text("half")
    (session.path / "checkpoints" / ".part-1234-00000030").mkdir()
    (session.path / "metrics.sqlite-shm").write_text("")
    (session.path / "letter.txt").write_text("my own")
    secret = tmp_path / "secret"
    secret.write_text("password")
    (session.path / "samples" / "more").symlink_to(tmp_path, target_is_directory=True)
    (session.path / "checkpoints" / "00000020" / "link").symlink_to(secret)
    export_zip(session, tmp_path / "session.zip")
    with ZipFile(tmp_path / "session.zip") as file:
        names = set(file.namelist())
        assert not any(b"password" in file.read(name) for name in names)
    assert "my run/letter.txt" in names
    assert not {
        name for name in names if "lock" in name or ".part" in name or "link" in name or "shm" in name
    }


def test_a_link_in_its_place_is_said_and_not_followed(session: Session, tmp_path: Path) -> None:
    (session.path / "checkpoints").rename(tmp_path / "elsewhere")
    (session.path / "checkpoints").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    actions = (
        lambda: export_zip(session, tmp_path / "session.zip"),
        lambda: session.save_as(tmp_path / "copy"),
        lambda: session.fork(tmp_path / "fork"),
    )
    for action in actions:
        with pytest.raises(UserError, match="checkpoints is a symbolic link"):
            action()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "my run"]


def test_a_name_that_not_every_system_takes_is_said(session: Session, tmp_path: Path) -> None:
    (session.path / "a: b.txt").write_text("")
    with pytest.raises(UserError, match=r"a: b\.txt has a name .* rename or remove"):
        export_zip(session, tmp_path / "session.zip")
    strange = Session.open(Path(shutil.copytree(session.path, tmp_path / "run: 1. ")))
    (strange.path / "a: b.txt").unlink()
    export_zip(strange, tmp_path / "session.zip")
    assert import_zip(tmp_path / "session.zip", tmp_path / "back").checkpoints() == [10, 20]


def test_packing_goes_on_while_training_writes(session: Session, tmp_path: Path) -> None:
    """At each look of the progress another state is saved and an old one retires."""
    one = experiment(saving__keep=1)
    with Recorder(Session.open(session.path)) as recorder:
        recorder.handle(started(20))
        at = 20

        def train_on(what: str, done: int, total: int) -> None:
            nonlocal at
            if at < 100:
                at += 10
                recorder.handle(metrics(at - 9, at))
                recorder.handle(checkpoint(at, one))
                recorder.settle()

        export_zip(session, tmp_path / "session.zip", train_on)
    back = import_zip(tmp_path / "session.zip", tmp_path / "back")
    assert back.checkpoints() == [10, 20]  # 10 is pinned; 20 was there when packing began, and retired
    assert back.latest_snapshot() is not None
    assert not back.problems
    scalars = back.metrics.scalars(20)
    assert scalars is not None
    assert scalars.iterations.tolist() == list(range(1, 21))


def test_the_newest_state_is_copied_before_it_retires(session: Session, tmp_path: Path) -> None:
    def slowly(source: str, target: str) -> None:
        shutil.copy2(source, target)
        if "00000010" in source:  # meanwhile another was saved, and this one retires
            shutil.rmtree(session.path / "checkpoints" / "00000020", ignore_errors=True)

    (tmp_path / "copies").mkdir()
    copied = copy_states(session.path / "checkpoints", tmp_path / "copies", slowly)
    assert [path.name for path in copied] == ["00000010", "00000020"]


def test_states_that_retire_while_they_are_copied_are_followed_by_newer_ones(
    session: Session, tmp_path: Path
) -> None:
    folder = session.path / "checkpoints"
    retired = 0

    def too_late(source: str, target: str) -> None:
        nonlocal retired
        if retired < 3:
            for path in folder.iterdir():
                path.rename(folder / f"{int(path.name) + 100:08d}")
            retired += 1
        shutil.copy2(source, target)

    (tmp_path / "copies").mkdir()
    copied = copy_states(folder, tmp_path / "copies", too_late)
    assert copied
    assert sorted((tmp_path / "copies").iterdir()) == copied
    for path in copied:
        assert sorted(each.name for each in path.iterdir()) == sorted(
            each.name for each in (folder / path.name).iterdir()
        )


@pytest.mark.parametrize("looks", [0, 1, 5])
@pytest.mark.parametrize("by_progress", [True, False])
def test_cancelling_leaves_nothing(
    packed: Path, session: Session, tmp_path: Path, looks: int, by_progress: bool
) -> None:
    left = looks

    def told(*arguments: object) -> bool:
        nonlocal left
        left -= 1
        if left < 0 and by_progress:
            raise Cancelled
        return left < 0

    silent = lambda what, done, total: None  # noqa: E731
    ways = (told, lambda: False) if by_progress else (silent, told)
    with pytest.raises(Cancelled):
        export_zip(session, tmp_path / "new" / "session.zip", *ways)  # type: ignore[arg-type]
    left = looks
    with pytest.raises(Cancelled):
        import_zip(packed, tmp_path / "other" / "back", *ways)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["my run"]


def test_progress_counts_bytes_up_to_all(packed: Path, session: Session, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    export_zip(session, tmp_path / "session.zip", lambda *each: told.append(each))
    import_zip(packed, tmp_path / "back", lambda *each: told.append(each))
    for what in {each[0] for each in told}:
        steps = [(done, total) for name, done, total in told if name == what]
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1] > 0
    assert len({each[0] for each in told}) == 2


def refused(path: Path, target: Path, words: str) -> None:
    """Assert that an archive is refused in a sentence, that nothing is left, and that it stays as it is."""
    before = path.read_bytes()
    with pytest.raises(UserError, match=words) as error:
        import_zip(path, target / "new" / "session")
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")
    assert not (target / "new").exists()
    assert not list(target.rglob(".part*"))
    assert path.read_bytes() == before


def rewritten(packed: Path, target: Path, change: Change, leave: str = "") -> Path:
    """A copy of the archive with something added, and files of one name left out."""
    with ZipFile(packed) as source, ZipFile(target, "w") as file:
        for entry in source.infolist():
            if not (leave and entry.filename.endswith(leave)):
                file.writestr(entry, source.read(entry))
        change(file)
    return target


def named(name: str, **changes: int) -> Change:
    """Add an entry with such a name."""

    def add(file: ZipFile) -> None:
        info = ZipInfo("placeholder")
        info.filename = info.orig_filename = name
        for field, value in changes.items():
            setattr(info, field, value)
        file.writestr(info, b"content")

    return add


def twice(name: str) -> Change:
    def add(file: ZipFile) -> None:
        file.NameToInfo.clear()  # so that it does not warn
        named(name)(file)

    return add


def bomb(file: ZipFile) -> None:
    with file.open("my run/samples/big.png", "w") as entry:
        for _ in range(8):
            entry.write(bytes(2**20))


def zeros(file: ZipFile) -> None:
    file.compression = ZIP_DEFLATED
    bomb(file)


LINK, DEVICE = (stat.S_IFLNK | 0o777) << 16, (stat.S_IFCHR | 0o666) << 16


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (named("../../evil"), "leads out of the folder"),
        (named("my run/../../evil"), "leads out of the folder"),
        (named("/etc/evil"), "leads out of the folder"),
        (named("my run//evil"), "leads out of the folder"),
        (named("my run/./evil"), "leads out of the folder"),
        (named("C:/evil"), "leads out of the folder"),
        (named("my run\\..\\evil"), "leads out of the folder"),
        (named("//host/share/evil"), "leads out of the folder"),
        (named("my run/evil\0.png"), "cannot be printed"),
        (named("my run/evil\n.png"), "cannot be printed"),
        (named("my run/NUL.png"), "not every system takes"),
        (named("my run/evil. "), "not every system takes"),
        (named("my run/" + "x" * 201), "is too long"),
        (named("my run/" + "d/" * 7 + "x"), "is too long"),
        (named("my run/link", external_attr=LINK), "is no file but a link or a device"),
        (named("my run/device", external_attr=DEVICE), "is no file but a link or a device"),
        (named("my run/secret", compress_type=ZIP_BZIP2), "compressed in a way"),
        (named("beside/session.txt"), "holds other files beside the session my run"),
        (named("beside.txt"), "holds other files beside the session my run"),
        (twice("my run/session.json"), "holds 'my run/session.json' twice"),
        (twice("my run/SESSION.json"), "holds 'my run/SESSION.json' twice"),
        (named("my run/samples"), "is a file and a folder"),
        (zeros, "would grow beyond all measure"),
    ],
)
def test_an_entry_that_is_not_harmless_is_refused(
    packed: Path, tmp_path: Path, change: Change, words: str
) -> None:
    refused(rewritten(packed, tmp_path / "bad.zip", change), tmp_path, words)


PARTS = st.sampled_from(["..", ".", "", "C:", "a", "NUL", "x.png", "~", "\\", "a b", "数", "\0", "COM1.txt"])


@given(st.one_of(st.text(max_size=30), st.lists(PARTS, max_size=7).map("/".join)))
def test_a_name_that_is_taken_stays_in_the_folder_on_every_system(name: str) -> None:
    if archive_rules.harm_of_name(name):
        return
    root = Path("/some/folder")
    assert Path(os.path.normpath(root / name)).is_relative_to(root)
    windows = PureWindowsPath(name)
    assert not windows.drive
    assert not windows.root
    assert ".." not in windows.parts
    assert not windows.is_reserved()
    assert "/".join(windows.parts) == name


def test_what_does_not_shrink_may_be_large(packed: Path, tmp_path: Path) -> None:
    back = import_zip(rewritten(packed, tmp_path / "good.zip", bomb), tmp_path / "back")
    assert (back.path / "samples" / "big.png").stat().st_size == 8 * 2**20


def test_what_file_managers_add_and_a_lock_is_left_out(packed: Path, tmp_path: Path) -> None:
    def add(file: ZipFile) -> None:
        for name in (
            "__MACOSX/my run/._x",
            "my run/.DS_Store",
            "my run/lock",
            "my run/.part-1-x",
            "my run/d/",
        ):
            named(name)(file)

    back = import_zip(rewritten(packed, tmp_path / "good.zip", add), tmp_path / "back")
    assert not {"lock", ".DS_Store", "__MACOSX", ".part-1-x"} & {path.name for path in back.path.iterdir()}


def test_a_session_without_a_folder_around_it_will_do(packed: Path, tmp_path: Path) -> None:
    with ZipFile(packed) as source, ZipFile(tmp_path / "flat.zip", "w") as file:
        for entry in source.infolist():
            file.writestr(entry.filename.removeprefix("my run/"), source.read(entry))
    assert import_zip(tmp_path / "flat.zip", tmp_path / "back").checkpoints() == [10, 20]


def patch(path: Path, offset_in_entry: int, value: bytes, name: bytes = b"my run/session.json") -> None:
    """Change the list's entry of a file: flags at 8, sizes at 20 and 24."""
    content = bytearray(path.read_bytes())
    at = content.rindex(name) - 46
    assert content[at : at + 4] == b"PK\1\2"
    content[at + offset_in_entry : at + offset_in_entry + len(value)] = value
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        (8, struct.pack("<H", 1), "is encrypted"),
        (20, struct.pack("<L", 2**31), "entries overlap"),
        (24, struct.pack("<L", 2**31), "grow beyond all measure"),
        (24, struct.pack("<L", 10), "is damaged"),  # more comes than was declared
        (16, struct.pack("<L", 1), "is damaged"),  # the checksum
        (42, struct.pack("<L", 7), "is damaged"),  # where it lies
    ],
)
def test_a_list_that_lies_is_refused(packed: Path, tmp_path: Path, at: int, value: bytes, words: str) -> None:
    path = Path(shutil.copy(packed, tmp_path / "bad.zip"))
    patch(path, at, value)
    refused(path, tmp_path, words)


@pytest.mark.parametrize("more", [1, -1])
def test_bytes_are_counted_whatever_was_declared(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    """As of a library that trusts the list of entries."""
    trusting = lambda self, entry: io.BytesIO(bytes(entry.file_size + more))  # noqa: E731
    monkeypatch.setattr(ZipFile, "open", trusting)
    refused(Path(shutil.copy(packed, tmp_path / "bad.zip")), tmp_path, "damaged, or no zip archive")


def test_too_many_entries_are_refused_before_they_are_read(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_rules, "ENTRIES", 10)
    refused(Path(shutil.copy(packed, tmp_path / "bad.zip")), tmp_path, "entries; a session has fewer")
    monkeypatch.setattr(archive_rules, "DIRECTORY_LIMIT", 100)
    monkeypatch.setattr(zipfile.ZipFile, "__init__", None)
    refused(tmp_path / "bad.zip", tmp_path, "list of entries is too long")


def test_thousands_of_pictures_are_a_session_too(packed: Path, tmp_path: Path) -> None:
    def add(file: ZipFile) -> None:
        for index in range(3000):
            file.writestr(f"my run/samples/{index + 100:08d}.png", b"")

    back = import_zip(rewritten(packed, tmp_path / "many.zip", add), tmp_path / "back")
    assert len(list((back.path / "samples").iterdir())) == 3006


def test_where_the_disk_has_no_room_nothing_is_written(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=64 * 2**20))
    monkeypatch.setattr(archive, "_unpack", None)
    refused(Path(shutil.copy(packed, tmp_path / "good.zip")), tmp_path, r"needs \d MiB .* 64 MiB are free")


@pytest.mark.parametrize("name", ["session.json", "metrics.sqlite"])
def test_what_is_no_whole_session_is_refused(packed: Path, tmp_path: Path, name: str) -> None:
    words = "holds no session"
    refused(rewritten(packed, tmp_path / "a.zip", lambda file: None, leave=name), tmp_path, words)

    def garbage(file: ZipFile) -> None:
        file.writestr(f"my run/{name}", b"nonsense" * 1000)

    bad = rewritten(packed, tmp_path / "b.zip", garbage, leave=name)
    refused(bad, tmp_path, rf"b\.zip holds no session that opens: {name} is damaged")


def test_a_history_that_does_more_than_hold_tables_is_refused(
    packed: Path, session: Session, tmp_path: Path
) -> None:
    import sqlite3
    from contextlib import closing

    path = session.path / "metrics.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM scalars; END")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    bad = rewritten(
        packed,
        tmp_path / "bad.zip",
        lambda file: file.writestr("my run/metrics.sqlite", path.read_bytes()),
        leave="metrics.sqlite",
    )
    refused(bad, tmp_path, "triggers or views")


def test_a_damaged_state_is_passed_over_but_not_all_of_them(packed: Path, tmp_path: Path) -> None:
    state = "my run/checkpoints/00000020/state.json"
    one = rewritten(
        packed, tmp_path / "one.zip", lambda file: file.writestr(state, "{"), leave="00000020/state.json"
    )
    back = import_zip(one, tmp_path / "back")
    newest = back.latest_snapshot()
    assert newest is not None
    assert newest.iteration == 10
    none = rewritten(packed, tmp_path / "none.zip", lambda file: None, leave="state.json")
    refused(none, tmp_path, "holds no session that opens: No checkpoint of it can be used")


@pytest.mark.parametrize("content", [b"", b"nonsense" * 1000, b"PK\5\6", b"PK\5\6" + b"\xff" * 18])
def test_what_is_no_archive_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.zip"
    path.write_bytes(content)
    refused(path, tmp_path, "no zip archive|damaged|refused")


def test_what_is_not_there_is_one_sentence(packed: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "none.zip", tmp_path):
        with pytest.raises(UserError, match="could not be unpacked"):
            import_zip(path, tmp_path / "new")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    with pytest.raises(UserError, match="a folder with files in it"):
        import_zip(packed, tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]


def test_damage_anywhere_is_refused_or_harmless(packed: Path, tmp_path: Path) -> None:
    """Cut off and flipped at random places: what opens in spite of it holds what was packed."""
    content = packed.read_bytes()
    whole = dict(_entries(content))
    dice = random.Random(0)
    opened = 0
    for turn in range(150):
        broken = bytearray(content)
        if turn % 3 == 0:
            del broken[dice.randrange(len(broken)) :]
        else:
            # Half of the flips in the list at the end, which says where everything lies.
            start = len(broken) * 9 // 10 if turn % 3 == 1 else 0
            broken[dice.randrange(start, len(broken))] ^= 1 << dice.randrange(8)
        path = tmp_path / "bad.zip"
        path.write_bytes(broken)
        target = tmp_path / "new"
        try:
            session = import_zip(path, target)
        except UserError:
            assert not target.exists()
            continue
        opened += 1
        for file in session.path.rglob("*"):
            if file.is_file():
                assert file.read_bytes() in whole.values()
        shutil.rmtree(target)
    assert opened < 75


def _entries(content: bytes) -> list[tuple[str, bytes]]:
    with ZipFile(io.BytesIO(content)) as file:
        return [(entry.filename, file.read(entry)) for entry in file.infolist()]
