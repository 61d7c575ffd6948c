"""What a data set is asked for, without an experiment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Request:
    source: str = ""
    path: str = ""
    download: bool = False
    size: int = 8
    channels: int = 1
    limit: int = 0
    points: int = 2000
    std: float = 0.05
    held_out: float = 0.0
    framing: str = "centre"
    background: str = "white"
    mirror: bool = False
    storage: str = "auto"
    rescale: bool = True
    drawing: str = ""


@pytest.fixture(scope="session")
def ask() -> Callable[..., Request]:
    return Request
