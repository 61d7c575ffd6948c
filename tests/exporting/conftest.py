"""Sessions that several tests of exports read; they are not to be changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from export_sessions import small, train


@pytest.fixture(scope="session")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Points."""
    return train(small("ring-wgan-gp", data__points=200), tmp_path_factory.mktemp("exporting") / "ring")


@pytest.fixture(scope="session")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images of classes, with a moving average of the generator."""
    experiment = small("digits-conditional", data__limit=200, ema__decay=0.9)
    return train(experiment, tmp_path_factory.mktemp("exporting") / "digits")
