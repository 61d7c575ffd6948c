"""Weights of the networks that judge, as safetensors in a cache that may be lost at any time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from numpy.typing import NDArray


def read_weights(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, str]] | None:
    """Named arrays and the facts written with them; None where the file is missing or damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except (OSError, SafetensorError, ValueError, TypeError):
        return None


def write_weights(path: Path, tensors: Mapping[str, NDArray[Any]], facts: Mapping[str, str]) -> None:
    """Write beside and rename. A cache that cannot be written is none: nothing is raised."""
    from safetensors.numpy import save

    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(save(dict(tensors), metadata=dict(facts)))
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
