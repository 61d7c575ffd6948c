"""``ganstudio export`` from the outside."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from running import ganstudio, start

from ganstudio.cli.main import main
from ganstudio.data.dataset import Progress
from ganstudio.experiment.fields import Settings, setting
from ganstudio.exporting import EXPORTS
from ganstudio.exporting.source import Source
from ganstudio.registry import Choice


def export(session: Path, *words: object) -> int:
    return main(["export", str(session), *map(str, words)])


def test_help_lists_every_kind_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["export", "--help"])
    out = capsys.readouterr().out
    for kind in EXPORTS.values():
        assert f"\n  {kind.name} " in out
        assert kind.title in out


def test_help_of_a_kind_lists_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["export", "anywhere", "samples", "--help"])
    out = capsys.readouterr().out
    for flag in ("--count", "--seed", "--class", "--truncation", "--at", "--overwrite", "--json"):
        assert flag in out


def test_the_result_is_a_line_or_json(
    digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film = tmp_path / "film.gif"
    assert export(digits, "gif", film, "--rate", "5", "--no-caption", "--quiet") == 0
    out, err = capsys.readouterr()
    assert (out, err) == (f"{film}: History of the samples (GIF), iteration 12\n", "")
    with Image.open(film) as image:
        assert image.info["duration"] == 200
    assert export(digits, "weights", tmp_path / "w.safetensors", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "kind": "weights",
        "path": str(tmp_path / "w.safetensors"),
        "iteration": 12,
        "problems": [],
    }


def test_a_new_kind_is_there_with_its_options(
    ring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Options(Settings):
        word: str = setting("", title="Word", help="What to write.")
        is_loud: bool = setting(default=False, title="Loud", help="Whether in capitals.")

    def write(source: Source, out: Path, options: Options, progress: Progress) -> int:
        out.write_text(options.word.upper() if options.is_loud else options.word)
        return source.snapshot.iteration

    module = SimpleNamespace(Options=Options, export=write)
    load = Choice.load
    monkeypatch.setattr(Choice, "load", lambda choice: module if choice.name == "fake" else load(choice))
    EXPORTS.register("fake", title="A fake", help="For a test.", traits=("state", ".txt"))
    try:
        status = export(ring, "fake", tmp_path / "a.txt", "--word", "hello", "--is-loud", "--quiet")
    finally:
        EXPORTS.unregister("fake")
    assert (status, capsys.readouterr().err) == (0, "")
    assert (tmp_path / "a.txt").read_text() == "HELLO"


def test_in_a_process_of_its_own_progress_is_shown_and_no_warning(digits: Path, tmp_path: Path) -> None:
    result = ganstudio("export", digits, "samples", tmp_path / "out", "--count", 20)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Drawing samples: 100 %" in result.stdout
    assert len(list((tmp_path / "out").glob("*.png"))) == 20


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["pictures", "out"], "invalid choice: 'pictures'"),
        (["gif"], "OUT"),
        (["gif", "out.gif", "--frames", "0"], "--frames must be at least 1; 0 is not"),
        (["gif", "out.gif", "--rate", "fast"], "--rate must be a number; 'fast' is not"),
        (["samples", "out", "--class", "3"], "knows no classes"),
        (["samples", "out", "--colour", "red"], "--colour"),
        (["weights", "out.bin"], "must end in .safetensors"),
        (["weights", "out.safetensors", "--at", "7"], "no checkpoint of iteration 7"),
        (["weights", "there.safetensors"], "is there already"),
    ],
)
def test_mistakes_are_one_sentence_and_leave_nothing(
    ring: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.safetensors").write_bytes(b"mine")
    before = sorted(tmp_path.rglob("*"))
    try:
        status = export(ring, *words, *(["--quiet"] if len(words) > 1 and words[0] in EXPORTS else []))
    except SystemExit as error:
        status = int(str(error.code))
    assert status == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_ctrl_c_leaves_nothing(digits: Path, tmp_path: Path) -> None:
    process = start("export", digits, "samples", tmp_path / "deep" / "out", "--count", 1_000_000)
    assert process.stdout
    for line in process.stdout:
        if line.startswith("Drawing samples"):
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "Stopped; nothing was written.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["digits"]
