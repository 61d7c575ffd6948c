"""Files that are damaged, or made to harm: one sentence, at once, and the files stay as they are."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hostile import FILES, MAY_BE_ABSENT, STATE, contents, survives, trains_or_refuses

from ganstudio.cli.main import main


@pytest.fixture
def session(good: dict[bool, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(good[False], tmp_path / "run"))


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
    assert held_open(session) == []


def held_open(folder: Path) -> list[Path]:
    """Files below a folder that this process has open, where the system tells."""
    found = []
    for descriptor in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):
            found.append(descriptor.readlink())
    return [path for path in found if path.is_relative_to(folder)]


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
