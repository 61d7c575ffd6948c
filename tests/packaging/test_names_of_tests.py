"""Test files are modules without a package, so two of one name would hide each other."""

from collections import Counter
from pathlib import Path


def test_every_test_file_has_a_name_of_its_own(checkout: Path) -> None:
    names = Counter(path.name for path in (checkout / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
