"""Test files and their helpers are modules without a package, so two of one name would hide each other."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path


def shared_names(files: Iterable[Path]) -> list[list[Path]]:
    """Files that have a name in common."""
    by_name: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(files):
        by_name[path.name].append(path)
    return [paths for paths in by_name.values() if len(paths) > 1]


def test_every_test_file_has_a_name_of_its_own(checkout: Path) -> None:
    tests = checkout / "tests"
    files = [path.relative_to(tests) for path in tests.rglob("*.py") if path.name != "conftest.py"]
    assert len(files) > 100
    assert shared_names(files) == []


def test_files_that_share_a_name_are_told() -> None:
    clash = [Path("data/test_cache.py"), Path("ui/test_cache.py")]
    assert shared_names([*clash, Path("ui/test_other.py")]) == [clash]
