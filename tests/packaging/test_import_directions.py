"""The fence between the rooms stands, and it can fail: violations are planted into a copy of the package."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

LAYERS = "Imports go down only"
QT = "Only the window knows Qt"
PANELS = "Panels do not know each other"


@pytest.fixture
def copy(checkout: Path, tmp_path: Path) -> Path:
    caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(checkout / "ganstudio", tmp_path / "ganstudio", ignore=caches)
    shutil.copy(checkout / "pyproject.toml", tmp_path)
    return tmp_path


def broken_contracts(folder: Path) -> tuple[int, list[str]]:
    """Exit status of import-linter and the names of the contracts it found broken."""
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert any(line.startswith("Contracts:") for line in lines), result.stdout + result.stderr
    return result.returncode, [line.removesuffix(" BROKEN") for line in lines if line.endswith(" BROKEN")]


def test_the_package_as_it_is(copy: Path) -> None:
    assert broken_contracts(copy) == (0, [])


def test_every_room_but_the_window_may_not_know_qt(checkout: Path) -> None:
    contracts = tomllib.loads((checkout / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (qt,) = (contract for contract in contracts if contract["name"] == QT)
    names = {path.stem for path in (checkout / "ganstudio").iterdir() if not path.name.startswith("__")}
    assert set(qt["source_modules"]) == {f"ganstudio.{name}" for name in names - {"ui"}}


@pytest.mark.parametrize(
    ("file", "code", "contract"),
    [
        ("engine/planted.py", "import PySide6.QtCore\n", QT),
        ("cli/planted.py", "def late():\n    import pyqtgraph\n", QT),
        ("engine/planted.py", "import ganstudio.session\n", LAYERS),
        ("objectives/planted.py", "def late():\n    from ganstudio.experiment import model\n", LAYERS),
        ("cli/planted.py", "import ganstudio.ui\n", LAYERS),
        ("a_new_room.py", "", LAYERS),
        ("ui/panels/planted.py", "import ganstudio.ui.panels.losses\n", PANELS),
    ],
)
def test_a_planted_violation_is_found(copy: Path, file: str, code: str, contract: str) -> None:
    (copy / "ganstudio" / file).write_text(code, encoding="utf-8")
    status, broken = broken_contracts(copy)
    assert status == 1
    assert broken == [contract]
