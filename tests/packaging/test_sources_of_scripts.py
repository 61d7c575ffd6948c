"""The frozen program brings the source of what TorchScript compiles: it reads it when it is first called."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_spec_collects_the_source_of_every_module_with_functions_in_one_call() -> None:
    spec = (ROOT / "packaging" / "ganstudio.spec").read_text()
    found = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "ganstudio").rglob("*.py"))
        if "\n@in_one_call\n" in path.read_text()
    ]
    assert found
    missing = [name for name in found if f'"{name}": "pyz+py"' not in spec]
    assert not missing
