"""What the documents say follows from the declarations, and what they point to exists."""

import re
import runpy
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ganstudio.engine.events import SCALARS
from ganstudio.experiment.describe import rows
from ganstudio.experiment.files import presets
from ganstudio.session.metrics import MetricsWriter
from ganstudio.session.schema import SCHEMA

OUT_OF_DATE = "run python packaging/settings_reference.py"


@pytest.fixture(scope="module")
def generator(checkout: Path) -> dict[str, Any]:
    return runpy.run_path(str(checkout / "packaging" / "settings_reference.py"))


@pytest.fixture(scope="module")
def readme(checkout: Path) -> str:
    return (checkout / "README.md").read_text(encoding="utf-8")


def test_settings_reference_is_up_to_date(checkout: Path, generator: dict[str, Any]) -> None:
    committed = (checkout / "packaging" / "SETTINGS.md").read_text(encoding="utf-8")
    assert committed == generator["settings"](), OUT_OF_DATE


def test_presets_in_the_readme_are_up_to_date(readme: str, generator: dict[str, Any]) -> None:
    assert readme == generator["readme"](), OUT_OF_DATE


def test_every_setting_choice_and_preset_is_documented(readme: str, generator: dict[str, Any]) -> None:
    text = generator["settings"]()
    for row in rows():
        assert f"| `{row.path}` |" in text
        for name in row.info.choices or ():
            assert f"- `{name}` (" in text
    for name in presets():
        assert f"| `{name}` |" in readme


def test_readme_opens_with_the_two_commands(readme: str) -> None:
    first = re.search(r"```[a-z]*\n(.*?)```", readme, re.DOTALL)
    assert first
    assert re.findall(r"packaging/\w+", first[1]) == ["packaging/run", "packaging/test"]
    assert readme[: first.start()].count("\n#") == 0


def test_links_and_pictures_of_the_readme_exist(readme: str, checkout: Path) -> None:
    targets = [target for target in re.findall(r"\]\(([^)#]+)", readme) if "://" not in target]
    assert targets
    assert [target for target in targets if not (checkout / target).exists()] == []


def test_the_history_is_documented_table_by_table(checkout: Path, tmp_path: Path) -> None:
    MetricsWriter(tmp_path / "metrics.sqlite").close()
    text = (checkout / "packaging" / "SESSION_FORMAT.md").read_text(encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "metrics.sqlite")) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {
            table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")] for table in tables
        }
    assert len(tables) > 4
    for table, names in columns.items():
        (row,) = [line for line in text.splitlines() if line.startswith(f"| `{table}` |")]
        for name in set(names) - (set(SCALARS) if table == "scalars" else set()):
            assert f"`{name}`" in row, f"{table}.{name}"
    assert f"now {SCHEMA};" in text
