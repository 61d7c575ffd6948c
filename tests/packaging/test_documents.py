"""What the documents say follows from the declarations, and what they point to exists."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from ganstudio.experiment.describe import rows
from ganstudio.experiment.files import presets

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
