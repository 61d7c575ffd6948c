"""The pins cover what the project asks for, and can be installed by everyone."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def requirements(checkout: Path) -> Iterator[Requirement]:
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in sum(project["optional-dependencies"].values(), project["dependencies"]):
        if (requirement := Requirement(line)).name != "ganstudio":
            yield requirement


@pytest.fixture(scope="module")
def pins(checkout: Path) -> dict[str, str]:
    lines = (checkout / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def test_every_requirement_is_pinned_to_a_version_that_it_allows(
    checkout: Path, pins: dict[str, str]
) -> None:
    for requirement in requirements(checkout):
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), requirement


def test_torch_may_come_with_or_without_cuda(pins: dict[str, str]) -> None:
    assert pins["torch"] == "2.13.0"
    assert pins["torchvision"] == "0.28.0"
    assert not [name for name, version in pins.items() if "+" in version or name.startswith("nvidia")]
