import runpy
from pathlib import Path

import pytest

from ganstudio.experiment.describe import rows


@pytest.fixture
def render(checkout: Path):
    return runpy.run_path(str(checkout / "packaging" / "settings_reference.py"))["render"]


def test_the_committed_reference_is_up_to_date(checkout: Path, render) -> None:
    committed = (checkout / "packaging" / "SETTINGS.md").read_text(encoding="utf-8")
    assert committed == render(), "run python packaging/settings_reference.py"


def test_every_setting_and_every_choice_is_in_it(render) -> None:
    text = render()
    for row in rows():
        assert f"| `{row.path}` |" in text
        for name in row.info.choices or ():
            assert f"- `{name}` (" in text
