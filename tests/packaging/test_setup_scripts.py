"""The set-up scripts, with stand-ins for venv and pip, for apt-get and for what they ask the system."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = (
    "awk", "bash", "cat", "chmod", "cksum", "cp", "dirname", "env", "find", "grep", "ls", "mkdir", "readlink",
    "rm", "sort", "touch", "tr", "uname",
)  # fmt: skip

# Makes environments that hold a copy of itself, and "installs" a ganstudio that says how it was called.
PYTHON = """\
#!/usr/bin/env bash
case "$1 $2 ${3:-}" in
    "-m venv "*) echo venv >>"$LOG"
        mkdir -p "${@: -1}/bin"; touch "${@: -1}/pyvenv.cfg"; cp "$0" "${@: -1}/bin/python" ;;
    "-m pip install") echo "pip ${*:4}" >>"$LOG"; [[ ! -e $BROKEN ]] || exit 1
        printf '#!/usr/bin/env bash\\necho ganstudio "$@"\\n' >"${0%/*}/ganstudio"
        chmod +x "${0%/*}/ganstudio" ;;
    "-m pip --version") ;;
    "-m pytest"*) echo "pytest ${*:3}"; echo "platform $QT_QPA_PLATFORM" ;;
    "-c"*) exec "REAL" "$@" ;;
esac
"""


class Machine:
    """A checkout's scripts in a path with a space, and a PATH that holds only what a test puts there."""

    def __init__(self, checkout: Path, folder: Path) -> None:
        self.root = folder / "gan studio"
        self.bin = folder / "bin"
        self.log = folder / "log"
        self.broken = folder / "the network is down"
        (self.root / "packaging").mkdir(parents=True)
        self.bin.mkdir()
        for name in ("setup.sh", "run", "test", "constraints.txt"):
            shutil.copy(checkout / "packaging" / name, self.root / "packaging")
        shutil.copy(checkout / "pyproject.toml", self.root)
        for name in TOOLS:
            (self.bin / name).symlink_to(shutil.which(name) or name)
        self.put("ldd", "")
        self.put("getconf", "echo 8")
        self.put("id", "echo 1000")
        self.put("python3.11", PYTHON.replace("REAL", sys.executable))

    def put(self, name: str, script: str) -> None:
        """Add a program to the PATH."""
        file = self.bin / name
        file.unlink(missing_ok=True)
        file.write_text(
            script if script.startswith("#!") else f"#!/usr/bin/env bash\n{script}\n", encoding="utf-8"
        )
        file.chmod(0o755)

    def start(
        self, program: Path | str, *arguments: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run packaging/NAME, or another path, from a folder that is not the checkout."""
        own = {"PATH": self.bin, "LOG": self.log, "BROKEN": self.broken, "HOME": self.root.parent}
        return subprocess.run(
            [self.root / "packaging" / program, *arguments],
            check=False,
            cwd="/",
            env={name: str(value) for name, value in (own | variables).items()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def calls(self) -> list[str]:
        """What was asked of venv, pip and apt-get since the last look."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def machine(checkout: Path, tmp_path: Path) -> Machine:
    return Machine(checkout, tmp_path)


def install_line(machine: Machine, extra: str = "") -> str:
    return f"pip --quiet -c {machine.root}/packaging/constraints.txt -e {machine.root}{extra}"


def test_first_start_sets_up_and_passes_arguments_on(machine: Machine) -> None:
    result = machine.start("run", "train", "--experiment", "my file.toml")
    assert (result.returncode, result.stdout) == (0, "ganstudio train --experiment my file.toml\n")
    assert machine.calls() == ["venv", install_line(machine)]


def test_second_start_installs_nothing(machine: Machine) -> None:
    machine.start("run", "--version")
    machine.calls()
    result = machine.start("run", "--version")
    assert (result.returncode, result.stdout, result.stderr) == (0, "ganstudio --version\n", "")
    assert machine.calls() == []


def test_changed_pins_are_installed(machine: Machine) -> None:
    machine.start("run", "--version")
    machine.calls()
    with (machine.root / "packaging" / "constraints.txt").open("a", encoding="utf-8") as pins:
        pins.write("numpy==1.0\n")
    machine.start("run", "--version")
    assert machine.calls() == [install_line(machine)]


def test_interrupted_installation_goes_on(machine: Machine) -> None:
    machine.broken.touch()
    result = machine.start("run", "--version")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.endswith("The installation did not finish; starting it again goes on from here.\n")
    machine.broken.unlink()
    assert machine.start("run", "--version").returncode == 0
    assert machine.calls() == ["venv", install_line(machine), install_line(machine)]


def test_without_a_display_the_digits_are_trained(machine: Machine) -> None:
    result = machine.start("run")
    assert (result.returncode, result.stdout) == (0, "ganstudio train --preset digits-wgan-gp\n")
    assert "There is no display to open a window on" in result.stderr


def test_a_display_that_is_gone_counts_as_none(machine: Machine) -> None:
    result = machine.start("run", DISPLAY=":4711")
    assert (result.returncode, result.stdout) == (0, "ganstudio train --preset digits-wgan-gp\n")


def test_home_that_cannot_be_written_to(machine: Machine, tmp_path: Path) -> None:
    machine.put("id", "echo 4711")
    result = machine.start("run", "presets", HOME="/proc/no-home", TMPDIR=str(tmp_path))
    assert result.returncode == 0
    assert f"sessions are kept in {tmp_path}/ganstudio-4711." in result.stderr


def test_through_a_link_from_elsewhere(machine: Machine, tmp_path: Path) -> None:
    link = tmp_path / "studio"
    link.symlink_to(machine.root / "packaging" / "run")
    assert machine.start(link, "info").stdout == "ganstudio info\n"
    assert (machine.root / ".venv").is_dir()


def test_another_place_for_the_environment(machine: Machine, tmp_path: Path) -> None:
    place = tmp_path / "an environment"
    assert machine.start("run", "info", GANSTUDIO_VENV=str(place)).returncode == 0
    assert (place / "pyvenv.cfg").exists()
    assert not (machine.root / ".venv").exists()


def test_a_folder_of_something_else_is_left_alone(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.tex").touch()
    result = machine.start("run", GANSTUDIO_VENV=str(tmp_path / "thesis"))
    assert result.returncode == 1
    assert result.stderr == (
        f"{tmp_path}/thesis holds something other than a virtual environment;"
        " GANSTUDIO_VENV can name another folder.\n"
    )
    assert machine.calls() == []


@pytest.mark.parametrize("script", ["run", "test"])
def test_wrong_python_is_one_sentence(machine: Machine, script: str) -> None:
    (machine.bin / "python3.11").unlink()
    machine.put("python3", "exit 1")  # what the question for its version ends with
    result = machine.start(script)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "GAN Studio needs Python 3.11, which was not found as python3.11 or python3.\n"
    assert not (machine.root / ".venv").exists()


def test_python3_of_the_right_version_will_do(machine: Machine) -> None:
    (machine.bin / "python3.11").rename(machine.bin / "python3")
    assert machine.start("run", "info").stdout == "ganstudio info\n"


def test_missing_libraries_are_named_with_the_line_that_installs_them(machine: Machine) -> None:
    missing = (
        "libEGL.so.1",
        "libdbus-1.so.3",
        "libX11-xcb.so.1",
        "libglib-2.0.so.0",
        "libxkbcommon-x11.so.0",
    )
    machine.put("ldd", "\n".join(f"echo '{name} => not found'" for name in missing))
    result = machine.start("run", DISPLAY=":4711")
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == (
        "    sudo apt-get update && sudo apt-get install --no-install-recommends"
        " libdbus-1-3 libegl1 libglib2.0-0 libx11-xcb1 libxkbcommon-x11-0"
    )


def test_missing_libraries_do_not_keep_the_terminal_from_training(machine: Machine) -> None:
    machine.put("ldd", "echo 'libEGL.so.1 => not found'")
    result = machine.start("run")
    assert (result.returncode, result.stdout) == (0, "ganstudio train --preset digits-wgan-gp\n")
    assert "libegl1" in result.stderr


@pytest.mark.skipif(not Path("/etc/debian_version").exists(), reason="installs on Debian and Ubuntu only")
def test_root_gets_missing_libraries_installed(machine: Machine, tmp_path: Path) -> None:
    machine.put("id", "echo 0")
    machine.put("ldd", f"[[ -e '{tmp_path}/installed' ]] || echo 'libEGL.so.1 => not found'")
    machine.put(
        "apt-get", f'echo apt-get "$@" >>"$LOG"; [[ $1 == update ]] || touch \'{tmp_path}/installed\''
    )
    result = machine.start("test")
    assert result.returncode == 0
    assert machine.calls()[-2:] == [
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends libegl1",
    ]


def test_the_suite_runs_offscreen_with_the_test_extra(machine: Machine) -> None:
    result = machine.start("test", "tests/cli", "-x", DISPLAY=":0", QT_QPA_PLATFORM="xcb")
    assert result.stdout == "pytest -n2 tests/cli -x\nplatform offscreen\n"
    assert machine.calls() == ["venv", install_line(machine, "[test]")]
    assert machine.start("run", "info").returncode == 0
    assert machine.calls() == []  # the test extra holds all that the program needs


def test_one_core_runs_the_suite_in_one_process(machine: Machine) -> None:
    machine.put("getconf", "echo 1")
    assert machine.start("test").stdout.splitlines()[0].strip() == "pytest"
