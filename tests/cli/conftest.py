"""Trainings that several tests of the command line start from."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from running import arguments

from ganstudio.cli.main import main


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that gives a session of 12 iterations without a stop; not to be changed."""
    folder = tmp_path_factory.mktemp("trained")

    def train(preset: str) -> Path:
        session = folder / preset
        if not session.exists():
            assert main(arguments(preset, session, 12)) == 0
        return session

    return train


@pytest.fixture
def ring(trained: Callable[[str], Path], tmp_path: Path) -> Path:
    """A copy of the trained ring."""
    return Path(shutil.copytree(trained("ring-wgan-gp"), tmp_path / "ring"))


@pytest.fixture
def digits(trained: Callable[[str], Path], tmp_path: Path) -> Path:
    """A copy of the trained digits."""
    return Path(shutil.copytree(trained("digits-wgan-gp"), tmp_path / "digits"))
