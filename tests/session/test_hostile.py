"""Files that are damaged, or made to harm: one sentence, at once, and the files stay as they are."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import struct
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine.helpers import tiny
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from session_events import experiment, history, record, samples, started

from ganstudio.cli.main import main
from ganstudio.engine.events import Snapshot
from ganstudio.engine.trainer import Trainer
from ganstudio.errors import UserError
from ganstudio.session import database
from ganstudio.session.files import JSON_LIMIT, SMALL_LIMIT
from ganstudio.session.moments import moment_of
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session

STATE = "checkpoints/00000020/state.json"
FILES = (
    "session.json", "annotations.json", "started.json", "real.safetensors", "metrics.sqlite", STATE,
    "checkpoints/00000020/critic.safetensors", "checkpoints/00000020/random.safetensors",
    "samples/00000020.png", "samples/00000020.safetensors", "lock",
)  # fmt: skip
MAY_BE_ABSENT = ("annotations.json", "lock", "started.json")
JSONS = ("session.json", "annotations.json", "started.json", STATE, "lock")


def make(path: Path, *, images: bool) -> Path:
    session = Session.create(path, experiment())
    events = history(20, 10)
    if images:
        events = [started(images=True), *events[2:], samples(20, images=True)]
        events = [e for e in events if type(e).__name__ != "Samples" or e.generated.ndim == 4]  # type: ignore[attr-defined]
    record(session, events)
    session.annotate(notes="Mine.", tags=["good"])
    (path / "lock").write_text(
        json.dumps({"host": "elsewhere", "pid": 1, "process": "", "token": "t", "heartbeat": 0.0})
    )
    return path


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    folder = tmp_path_factory.mktemp("good")
    return {images: make(folder / f"images-{images}", images=images) for images in (False, True)}


@pytest.fixture
def session(good: dict[bool, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(good[False], tmp_path / "run"))


def contents(session: Path) -> dict[str, bytes]:
    """Every plain file with what it holds; SQLite's own scratch file is none."""
    plain = (
        p for p in session.rglob("*") if p.is_file() and not p.is_symlink() and not p.name.endswith("-shm")
    )
    return {str(path): path.read_bytes() if path.stat().st_size < 10**7 else b"" for path in plain}


def complaints(session: Path) -> list[str]:
    """Read everything there is to read; returns what it complained of, in sentences."""
    found = []
    try:
        opened = Session.open(session)
    except UserError as error:
        return [str(error)]
    for look in (
        opened.info,
        lambda: list(opened.replay()),
        opened.latest_snapshot,
        opened.checkpoint_entries,
        lambda: opened.annotations,
        lambda: moment_of(opened, 20),
    ):
        try:
            look()
        except UserError as error:
            found.append(str(error))
    return found + list(opened.problems)


def one_sentence(text: str) -> bool:
    return "\n" not in text and text.isprintable() and text.endswith(".") and len(text) < 1000


def survives(session: Path) -> list[str]:
    """Look at it as a program and as a person does; returns the complaints."""
    before = contents(session)
    found = complaints(session)
    assert all(map(one_sentence, found)), found
    assert contents(session) == before
    return found


def trains_or_refuses(session: Path) -> None:
    """Begin to write, as going on with training does."""
    refusal = "Nothing to say."
    try:
        opened = Session.open(session)
        with Recorder(opened) as recorder:
            snapshot = opened.latest_snapshot()
            recorder.handle(started(snapshot.iteration if snapshot else 0))
    except UserError as error:
        refusal = str(error)
    assert one_sentence(refusal)


mutations = st.one_of(
    st.tuples(st.just("cut"), st.floats(0, 1), st.just(b"")),
    st.tuples(st.just("flip"), st.floats(0, 0.999), st.integers(1, 255).map(lambda b: bytes([b]))),
    st.tuples(st.just("put"), st.floats(0, 1), st.binary(min_size=1, max_size=12)),
    st.tuples(st.just("all"), st.just(0.0), st.binary(max_size=60)),
)


def mutate(content: bytes, mutation: tuple[str, float, bytes]) -> bytes:
    kind, where, piece = mutation
    at = int(where * len(content))
    if kind == "cut":
        return content[:at]
    if kind == "flip":
        return content[:at] + bytes([content[at] ^ piece[0]]) + content[at + 1 :]
    return content[:at] + piece + content[at + len(piece) :] if kind == "put" else piece


FUZZ = settings(max_examples=40, deadline=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("images", [False, True])
@given(name=st.sampled_from(FILES), changes=st.lists(mutations, min_size=1, max_size=4), writes=st.booleans())
@FUZZ
def test_any_bytes_in_any_file(
    good: dict[bool, Path],
    tmp_path_factory: pytest.TempPathFactory,
    images: bool,
    name: str,
    changes: list[tuple[str, float, bytes]],
    writes: bool,
) -> None:
    session = Path(shutil.copytree(good[images], tmp_path_factory.mktemp("fuzz") / "run"))
    if not (session / name).exists():
        return
    content = (session / name).read_bytes()
    for change in changes:
        content = mutate(content, change) if content else content
    (session / name).write_bytes(content)
    survives(session)
    if writes:
        trains_or_refuses(session)
    shutil.rmtree(session)


wild = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.integers(10**30, 10**40), st.floats(),
        st.text(max_size=8),
        st.sampled_from(["\x1b[2J", "a\x00b", "/etc/passwd", "../..", "\ud800", "\u202e"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to every value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way] + [place for key, part in inside for place in places(part, (*way, key))]


@given(name=st.sampled_from(JSONS), data=st.data(), value=wild, drops=st.booleans())
@FUZZ
def test_any_value_in_any_place_of_the_text_files(
    good: dict[bool, Path],
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    data: st.DataObject,
    value: Any,
    drops: bool,
) -> None:
    session = Path(shutil.copytree(good[False], tmp_path_factory.mktemp("fuzz") / "run"))
    whole = json.loads((session / name).read_text())
    *way, last = data.draw(st.sampled_from([place for place in places(whole) if place]))
    part = whole
    for key in way:
        part = part[key]
    if drops:
        del part[last]
    else:
        part[last] = value
    (session / name).write_text(json.dumps(whole))
    survives(session)
    trains_or_refuses(session)
    shutil.rmtree(session)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "kind", ["folder", "pipe", "link", "link to zeros", "link to nothing", "empty", "gone"]
)
def test_something_else_in_a_files_place(session: Path, tmp_path: Path, name: str, kind: str) -> None:
    path = session / name
    (tmp_path / "secret").write_bytes(path.read_bytes())
    path.unlink()
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "link":
            path.symlink_to(tmp_path / "secret")
        case "link to zeros":
            path.symlink_to("/dev/zero")
        case "link to nothing":
            path.symlink_to(tmp_path / "nowhere")
        case "empty":
            path.write_bytes(b"")
    found = survives(session)
    if name not in MAY_BE_ABSENT and not name.endswith(".png"):  # of points the picture is not read
        assert found, "nothing was said"
    secret = (tmp_path / "secret").read_bytes()
    trains_or_refuses(session)
    assert (tmp_path / "secret").read_bytes() == secret


@pytest.mark.parametrize("folder", ["samples", "checkpoints", "checkpoints/00000020"])
def test_a_folder_that_leads_elsewhere_loses_nothing_there(
    session: Path, tmp_path: Path, folder: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (session / folder).rename(elsewhere)
    (elsewhere / "00000099").mkdir()
    (elsewhere / "00000099.png").write_text("mine")
    (session / folder).symlink_to(elsewhere)
    before = contents(elsewhere)
    survives(session)
    trains_or_refuses(session)
    assert contents(elsewhere) == before
    assert (elsewhere / "00000099").is_dir()


@pytest.mark.parametrize("name", FILES)
def test_files_of_another_session(session: Path, good: dict[bool, Path], name: str) -> None:
    other = next(path for path in FILES if path != name and Path(path).suffix != Path(name).suffix)
    shutil.copy(session / other, session / name)
    survives(session)
    trains_or_refuses(session)


@pytest.mark.parametrize(("name", "limit"), [("session.json", JSON_LIMIT), ("real.safetensors", SMALL_LIMIT)])
def test_a_file_far_too_large_is_not_read(session: Path, name: str, limit: int) -> None:
    with (session / name).open("r+b") as file:
        file.truncate(limit + 1)
    (sentence,) = {s for s in survives(session) if "problem" not in s}
    assert sentence == f"{session / name} is damaged: it is far too large."


def test_a_state_that_says_it_is_huge_is_not_read(session: Path) -> None:
    state = json.loads((session / STATE).read_text())
    state["files"]["critic"]["bytes"] = 2**40
    (session / STATE).write_text(json.dumps(state))
    with (session / "checkpoints/00000020/critic.safetensors").open("r+b") as file:
        file.truncate(2**40)
    assert any("far too large" in sentence for sentence in survives(session))


@pytest.mark.parametrize("length", [0, 8, 10**6, 10**8, 2**40, 2**63, 2**64 - 1])
def test_a_header_that_declares_more_than_there_is(session: Path, length: int) -> None:
    (session / "real.safetensors").write_bytes(struct.pack("<Q", length) + b'{"real":{}}  ')
    assert "not a valid safetensors file" in survives(session)[0]


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [2**31, 2**31, 4], "data_offsets": [0, 16]},
        {"dtype": "F32", "shape": [10**9], "data_offsets": [0, 4 * 10**9]},
        {"dtype": "F32", "shape": [4], "data_offsets": [16, 0]},
        {"dtype": "BF16", "shape": [8], "data_offsets": [0, 16]},
        {"dtype": "F4", "shape": [32], "data_offsets": [0, 16]},
        {"dtype": "F64", "shape": [1, 2], "data_offsets": [0, 16]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [0, 16]},
    ],
)
def test_tensors_of_impossible_shapes(session: Path, entry: dict[str, Any]) -> None:
    header = json.dumps({"real": entry}).encode()
    (session / "real.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(16))
    survives(session)


@pytest.mark.parametrize("nested", ["[" * 10**5, '{"a":' * 10**5, "9" * 10**6, "1e999", "NaN", '"\\ud800"'])
@pytest.mark.parametrize("name", JSONS)
def test_text_files_that_are_traps(session: Path, name: str, nested: str) -> None:
    (session / name).write_text(f'{{"schema": {nested}')
    survives(session)
    (session / name).write_text(f'{{"schema": {nested}}}')
    survives(session)
    (session / name).write_bytes(b'{"schema": "\xff\xfe"}')
    survives(session)


def png(text: dict[str, str], size: tuple[int, int] = (8, 8)) -> bytes:
    about = PngImagePlugin.PngInfo()
    for key, value in text.items():
        about.add_text(key, value)
    buffer = io.BytesIO()
    Image.new("L", size).save(buffer, "PNG", pnginfo=about)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        png({}),
        png({"ganstudio:shape": "1,1,8,8"}),
        png({"ganstudio:shape": "1,1,8,8", "ganstudio:scale": "0"}),
        png({"ganstudio:shape": "1,1,8,8", "ganstudio:scale": "-1"}),
        png({"ganstudio:shape": "9" * 400 + ",1,8,8", "ganstudio:scale": "1"}),
        png({"ganstudio:shape": "1,-1,8,8", "ganstudio:scale": "1"}),
        png({"ganstudio:shape": "67108864,1,1,1", "ganstudio:scale": "1"}),
        png({"ganstudio:shape": "1,1,8,8", "ganstudio:scale": "1"}, (9000, 9000)),
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 2**31 - 1, 2**31 - 1, 8, 0, 0, 0, 0),
    ],
)
def test_pictures_that_are_bombs(good: dict[bool, Path], tmp_path: Path, content: bytes) -> None:
    session = Path(shutil.copytree(good[True], tmp_path / "run"))
    (session / "samples/00000020.png").write_bytes(content)
    assert any("is not a sample grid" in sentence for sentence in survives(session))


def test_a_text_in_a_picture_that_is_a_bomb(good: dict[bool, Path], tmp_path: Path) -> None:
    session = Path(shutil.copytree(good[True], tmp_path / "run"))
    body = b"ganstudio:shape\0\0" + zlib.compress(b"1" * 10**8)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    plain = png({})
    (session / "samples/00000020.png").write_bytes(plain[:33] + chunk + plain[33:])
    assert any("is not a sample grid" in sentence for sentence in survives(session))


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"


@pytest.mark.parametrize(
    "statements",
    [
        f"DROP TABLE events; CREATE VIEW events AS {ENDLESS} i AS id, i AS iteration, '' AS text FROM n",
        "CREATE TRIGGER harm AFTER INSERT ON events BEGIN DELETE FROM scalars; END",
        "CREATE VIRTUAL TABLE found USING fts5(words)",
        "CREATE TABLE more (a, b GENERATED ALWAYS AS (zeroblob(100000000)) VIRTUAL)",
        "DROP TABLE scalars",
        "ALTER TABLE scalars RENAME COLUMN iteration TO other",
        "DROP TABLE events; CREATE TABLE events (id, iteration, kind, text, data, wall_time)",
        "INSERT INTO events VALUES (99, 1, 'trouble', 'x', '" + "[" * 10**5 + "', 0)",
        "INSERT INTO events VALUES (99, 1, 'trouble', 'x', '[1]', 0)",
        "UPDATE gradient_norms SET norms = 'text'",
        "UPDATE gradient_norms SET norms = x'0102'",
        "UPDATE gradient_norms SET place = 'nowhere'",
        "UPDATE scalars SET critic_loss = 'much'",
        "INSERT INTO measurements VALUES (3, 'surface', x'00')",
        "INSERT INTO figures VALUES (3, 'swd', 'much', '{}', 0)",
        "INSERT INTO figures VALUES (3, 'swd', 1.0, '[[[', 0)",
        "PRAGMA user_version = 99",
    ],
)
def test_a_history_that_is_a_trap(session: Path, statements: str) -> None:
    with closing(sqlite3.connect(session / "metrics.sqlite", isolation_level=None)) as connection:
        try:
            connection.executescript(statements)
        except sqlite3.OperationalError as error:
            pytest.skip(f"this SQLite cannot make it: {error}")
    survives(session)
    trains_or_refuses(session)


def test_a_question_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SECONDS", 0.05)
    path = tmp_path / "a.sqlite"
    interrupted = pytest.raises(sqlite3.OperationalError, match="interrupted")
    with closing(sqlite3.connect(path)) as connection, interrupted:
        database.ask(connection, path, f"{ENDLESS} max(i) FROM n", ())


def test_an_answer_longer_than_its_file_is_given_up(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE a (b)")
        with pytest.raises(sqlite3.DatabaseError, match="do not fit together"):
            database.ask(connection, tmp_path / "a.sqlite", f"{ENDLESS} i FROM n", ())


def test_a_journal_that_would_be_rolled_back_is_refused(session: Path) -> None:
    """SQLite deletes the file that a hot journal names as its super-journal."""
    (session / "metrics.sqlite-journal").write_bytes(b"\xd9\xd5\x05\xf9 \xa1c\xd7" + bytes(512))
    (sentence,) = survives(session)
    assert "belongs in no session" in sentence


@pytest.mark.parametrize("schema", [99, 10**30, -1, 0, True, None, "1", [1]])
def test_a_newer_session_and_a_nonsense_number(session: Path, schema: object) -> None:
    raw = json.loads((session / "session.json").read_text())
    (session / "session.json").write_text(json.dumps(raw | {"schema": schema}))
    (sentence,) = survives(session)
    if schema == 99:
        assert "was written by a newer GAN Studio" in sentence


@pytest.mark.parametrize("command", ["info", "resume", "sample"])
@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("session.json", lambda p: p.write_text("[" * 10**5)),
        ("session.json", lambda p: (p.unlink(), os.mkfifo(p))),
        ("metrics.sqlite", lambda p: p.write_bytes(b"SQLite format 3\0" + bytes(200))),
        (STATE, lambda p: p.write_text('{"format": 99}')),
        ("checkpoints", lambda p: (shutil.rmtree(p), p.symlink_to("/"))),
    ],
)
def test_the_command_line_says_one_sentence(
    session: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    name: str,
    spoil: Callable[[Path], object],
) -> None:
    shutil.rmtree(session / "checkpoints" / "00000010")
    spoil(session / name)
    (session / "lock").unlink()
    before = contents(session)
    more = {
        "info": [],
        "resume": ["--iterations", "1"],
        "sample": ["--count", "1", "--out", str(tmp_path / "a.png")],
    }
    status = main([command, str(session), *more[command]])
    err = capsys.readouterr().err
    if status == 0 or (command, name) == ("sample", "metrics.sqlite"):
        assert name == "metrics.sqlite"  # samples and numbers need no history
    else:
        assert status == 2
        assert err.count("\n") == 1
    assert "Traceback" not in err
    assert contents(session) == before


def test_what_a_terminal_would_act_upon_is_not_printed(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = json.loads((session / "session.json").read_text())
    raw["experiment"]["name"] = raw["created"] = "\x1b]0;owned\x07\x9b2J"
    (session / "session.json").write_text(json.dumps(raw))
    main(["info", str(session)])
    out, err = capsys.readouterr()
    assert "owned" in out + err
    assert not set("\x1b\x07\x9b") & set(out + err)


def test_states_whose_tensors_do_not_fit_are_one_sentence() -> None:
    whole = Trainer(tiny(), device="cpu", threads=1)
    list(whole.run(1))
    state = whole.snapshot()
    refused = 0
    for file, arrays in state.tensors.items():
        for name, array in arrays.items():
            rest = {other: value for other, value in arrays.items() if other != name}
            bad = array[:0] if array.ndim else np.zeros(3)
            for changed in (rest, {**rest, name: bad}, {**rest, name: np.zeros((2, 3, 5), np.float32)}):
                refused += not fits(Snapshot(1, {**state.tensors, file: changed}, state.numbers))
    assert refused > 50


def fits(snapshot: Snapshot) -> bool:
    """Whether training can go on from a state; where not, one sentence says why."""
    refusal = ""
    try:
        trainer = Trainer(tiny(), device="cpu", threads=1, snapshot=snapshot)
        list(trainer.advance())
    except UserError as error:
        refusal = str(error)
    assert not refusal or one_sentence(refusal)
    return not refusal
