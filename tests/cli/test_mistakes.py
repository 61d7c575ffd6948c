"""A person's mistakes: exit status 2, one sentence on stderr, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from running import ganstudio, start

from ganstudio import __version__
from ganstudio.cli import window
from ganstudio.cli.interruption import Interruption
from ganstudio.cli.main import main
from ganstudio.data import DATASETS
from ganstudio.errors import Cancelled


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where a mistake would leave its traces; the studio's own folders lie there too."""
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    (tmp_path / "broken.toml").write_text("seed = [")
    (tmp_path / "wrong.toml").write_text("seed = -4")
    (tmp_path / "good.toml").write_text('[data]\nsource = "ring"\n')


def run(words: list[str]) -> int:
    """Run in this process; argparse leaves by SystemExit."""
    try:
        return main(words)
    except SystemExit as left:
        return int(left.code or 0)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("train", "One of the arguments --preset --experiment is required"),
        ("train --preset ring-gan --experiment good.toml", "not allowed with argument"),
        ("train --preset nonsense", "There is no preset 'nonsense'"),
        ("train --preset ring-gan --iterations 0", "must be at least 1"),
        ("train --preset ring-gan --iterations many", "must be a whole number"),
        ("train --preset ring-gan --threads 0", "must be at least 1"),
        ("train --preset ring-gan --nonsense", "nonsense"),
        ("train --preset ring-gan --iter 3", "--iter"),
        ("train --preset ring-gan --seed -1", "must be at least 0"),
        ("train --preset ring-gan --seed one", "must be a whole number"),
        ("train --preset ring-gan --set schedule.batch_size", "is not an assignment"),
        ("train --preset ring-gan --set schedule.batch_sise=3", "did you mean schedule.batch_size?"),
        ("train --preset ring-gan --set schedule.batch_size=two", "must be a whole number"),
        ("train --preset ring-gan --set schedule.batch_size=1", "must be at least 2"),
        ("train --preset ring-wgan-gp --set critic.norm=batch", "mixes the samples of a batch"),
        ("train --preset ring-wgan-gp --set lipschitz.clip=1", "has no effect"),
        ("train --preset ring-gan --data full", "takes no --data"),
        ("train --preset folder-dcgan-64", "Choose the folder or zip"),
        ("train --preset folder-dcgan-64 --data nowhere --session new", "nowhere"),
        ("train --preset folder-dcgan-64 --data full --session new", "full"),
        ("train --preset mnist-dcgan --data full --session new", "full"),
        ("train --preset ring-gan --device cuda:99 --session new", "There is no device 'cuda:99'"),
        ("train --preset ring-gan --session full", "files in it already"),
        ("train --preset ring-gan --session good.toml", "is a file"),
        ("train --preset ring-gan --session good.toml/run --iterations 1", "could not be made"),
        ("train --experiment good.toml", "give --iterations"),
        ("train --experiment nowhere.toml --iterations 1", "could not be read"),
        ("train --experiment broken.toml --iterations 1", "not valid TOML"),
        ("train --experiment wrong.toml --iterations 1", "must be at least 0"),
        ("resume nowhere --iterations 1", "There is no session"),
        ("resume full --iterations 1", "is not a session"),
        ("resume full", "required: --iterations"),
        ("sample nowhere --count 1 --out a.png", "There is no session"),
        ("sample nowhere --out a.png", "required: --count"),
        ("sample full --count 0 --out a.png", "must be at least 1"),
        ("info", "required: DIR"),
        ("info good.toml", "is not a session"),
        ("presets --show nonsense", "There is no preset 'nonsense'"),
        ("presets --json --show ring-gan", "not allowed with argument"),
        ("trian", "did you mean ganstudio train?"),
        ("nonsense", "neither a command nor a session"),
        ("some/where", "There is no session"),
        ("window full", "is not a session"),
        ("window --preset nonsense", "There is no preset 'nonsense'"),
        ("window --size 3x3", "must be WIDTHxHEIGHT"),
        ("window --dark --light", "not allowed with argument"),
        ("window --iterations 3", "belongs to --screenshot"),
        ("window --screenshot picture.jpg", "must be called something.png"),
    ],
)
def test_a_mistake_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, sentence: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert run(line.split()) == 2
    _, err = capsys.readouterr()
    assert sentence in err
    assert err.count("\n") == 1
    assert err.rstrip("\n").endswith((".", "?"))
    assert "Traceback" not in err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_mistake_in_a_process_of_its_own_has_status_2_and_nothing_on_stdout(tmp_path: Path) -> None:
    result = ganstudio(
        "train", "--preset", "ring-gan", "--set", "data.points=1", "--session", tmp_path / "new"
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "data.points: must be at least 100; 1 is not.\n"
    assert not (tmp_path / "new").exists()


def test_version_and_help_need_neither_torch_nor_qt_nor_anything_slow() -> None:
    program = (
        "import sys\nfrom ganstudio.cli.main import main\n"
        "try:\n    main([sys.argv[1]])\nexcept SystemExit as left:\n    assert not left.code\n"
        "slow = {'torch', 'PySide6', 'numpy', 'pydantic', 'PIL', 'rich', 'scipy'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    for option, words in (("--version", f"ganstudio {__version__}"), ("--help", "resume")):
        result = subprocess.run(
            [sys.executable, "-c", program, option], capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr
        assert words in result.stdout


def test_training_and_sampling_never_import_qt(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom ganstudio.cli.main import main\n"
        "assert main(sys.argv[1:]) == 0\n"
        "assert not {'PySide6', 'pyqtgraph'} & set(sys.modules)\n"
    )
    words = [
        "train",
        "--preset",
        "ring-gan",
        "--iterations",
        "1",
        "--session",
        str(tmp_path / "run"),
        "--quiet",
    ]
    result = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_without_a_display_the_headless_command_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert main([]) == 2
    err = capsys.readouterr().err
    assert "no display" in err
    assert "ganstudio train --preset digits-wgan-gp" in err
    assert err.count("\n") == 1


def test_where_a_library_of_qt_is_missing_the_install_line_is_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def without_egl(name: str) -> Any:
        raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(window, "import_module", without_egl)
    assert main(["window"]) == 2
    err = capsys.readouterr().err
    assert "libEGL.so.1" in err
    assert "apt-get install" in err
    assert err.count("\n") == 1


def test_another_import_error_is_a_fault_and_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> Any:
        raise ImportError("cannot import name 'run'")

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(window, "import_module", broken)
    with pytest.raises(ImportError, match="cannot import name"):
        main(["window"])


def test_the_window_gets_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    class App:
        @staticmethod
        def run(**options: Any) -> int:
            seen.update(options)
            return 0

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(window, "import_module", lambda name: App)
    assert (
        main(
            [
                "--screenshot",
                "a.png",
                "--preset",
                "ring-gan",
                "--iterations",
                "7",
                "--dark",
                "--size",
                "1200x800",
            ]
        )
        == 0
    )
    assert seen == {
        "session": None,
        "screenshot": Path("a.png"),
        "preset": "ring-gan",
        "iterations": 7,
        "dark": True,
        "size": (1200, 800),
    }
    assert main(["--light"]) == 0
    assert (seen["dark"], seen["preset"], seen["screenshot"]) == (False, None, None)
    assert main([]) == 0
    assert seen["dark"] is None


def load_and_be_interrupted(settings: object, seed: int, progress: Any) -> None:
    """Stand for a long download during which the person presses Ctrl-C."""
    progress("Downloading", 1, 10)
    signal.raise_signal(signal.SIGINT)
    progress("Downloading", 2, 10)
    raise AssertionError("it went on")


def load_and_fail(settings: object, seed: int, progress: Any) -> None:
    """Stand for a fault of the program."""
    raise ZeroDivisionError


@pytest.fixture
def ring_loaded_by(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the ring be loaded by another function."""

    def use(function: Any) -> None:
        choice = DATASETS["ring"]
        monkeypatch.setattr(type(choice), "load", lambda self: function)

    return use


def test_ctrl_c_before_training_leaves_nothing(
    ring_loaded_by: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGINT)  # one that was started in the background ignores it
    ring_loaded_by(load_and_be_interrupted)
    assert main(["train", "--preset", "ring-gan", "--session", "new", "--iterations", "1"]) == 130
    assert "nothing was changed" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
    assert signal.getsignal(signal.SIGINT) is before


def test_a_fault_of_the_program_keeps_its_traceback(ring_loaded_by: Any, tmp_path: Path) -> None:
    ring_loaded_by(load_and_fail)
    with pytest.raises(ZeroDivisionError):
        main(["train", "--preset", "ring-gan", "--session", "new", "--iterations", "1"])
    assert not (tmp_path / "new").exists()


def test_the_second_ctrl_c_leaves_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr(os, "_exit", left.append)
    with Interruption() as interruption:
        interruption.check()
        signal.raise_signal(signal.SIGTERM)
        assert interruption.requested
        assert left == []
        assert interruption.control.take() is not None
        with pytest.raises(Cancelled):
            interruption.check()
        signal.raise_signal(signal.SIGINT)
    assert left == [130]


def test_a_reader_that_has_seen_enough_causes_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = start("presets", "--json", stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err == ""
