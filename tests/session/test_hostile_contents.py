"""Headers, pictures and tables that are made to harm: one sentence, at once, and nothing is changed."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import struct
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hostile import JSONS, STATE, survives, trains_or_refuses
from PIL import Image, PngImagePlugin

from ganstudio.session import database
from ganstudio.session.files import JSON_LIMIT, SMALL_LIMIT


@pytest.fixture
def session(good: dict[bool, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(good[False], tmp_path / "run"))


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
