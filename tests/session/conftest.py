"""Sessions that several tests of damage start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile import make


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """A session of points (False) and one of images (True); not to be changed."""
    folder = tmp_path_factory.mktemp("good")
    return {images: make(folder / f"images-{images}", images=images) for images in (False, True)}
