"""Resources are found from a checkout, from an installed wheel and in a frozen program."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from ganstudio.paths import resource

SHOW = "import ganstudio.paths as p; print(p.__file__); print(p.resource('presets', 'order.toml'))"


def build(kind: str, source: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", checkout, tmp_path_factory.mktemp("wheel"))


def sources(folder: Path, *rooms: str) -> set[str]:
    """Every file of these folders that is no leftover of running it, by its path within ``folder``."""
    files = (path for room in rooms for path in (folder / room).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in files if "__pycache__" not in path.parts}


def test_checkout(checkout: Path) -> None:
    assert resource("presets", "order.toml") == checkout / "resources" / "presets" / "order.toml"


def test_frozen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, checkout: Path) -> None:
    shutil.copytree(checkout / "resources", tmp_path / "resources")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource("presets", "order.toml") == tmp_path / "resources" / "presets" / "order.toml"


def test_frozen_does_not_look_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    with pytest.raises(FileNotFoundError, match=r"presets/order\.toml is not among the program's resources"):
        resource("presets", "order.toml")


def test_wheel_holds_every_resource_and_no_test(wheel: Path, checkout: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    resources = checkout / "resources"
    files = [path.relative_to(resources).as_posix() for path in resources.rglob("*") if path.is_file()]
    assert {f"ganstudio/_resources/{name}" for name in files} <= names
    assert sources(checkout, "ganstudio") <= names
    assert not [name for name in names if name.startswith(("tests/", "packaging/", "resources/"))]


def test_a_wheel_made_of_the_source_package_is_the_same(wheel: Path, checkout: Path, tmp_path: Path) -> None:
    with tarfile.open(build("sdist", checkout, tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    rooms = ("ganstudio", "resources", "tests", "packaging")
    assert sources(checkout, *rooms) == sources(source, *rooms)
    again = build("wheel", source, tmp_path / "again")
    assert set(zipfile.ZipFile(again).namelist()) == set(zipfile.ZipFile(wheel).namelist())


def test_every_preset_that_has_a_place_in_the_order_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:

        def preset_file(name: str) -> dict[str, object]:
            return tomllib.loads(archive.read(f"ganstudio/_resources/presets/{name}.toml").decode())

        for name in preset_file("order")["order"]:
            assert "preset" in preset_file(name)


def test_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", site, wheel]
    subprocess.run(install, check=True, capture_output=True, timeout=120)
    shown = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    package, found = map(Path, shown.stdout.splitlines())
    assert package == site / "ganstudio" / "paths.py"
    assert found == site / "ganstudio" / "_resources" / "presets" / "order.toml"
