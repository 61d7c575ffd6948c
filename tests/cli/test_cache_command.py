"""Decoded images between two starts: exact training from memory and from the disk, listed and cleared."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running import arguments

from ganstudio.cli.main import main
from ganstudio.session.session import Session


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty noisy pictures, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "pictures").mkdir()
    random = np.random.default_rng(0)
    for k in range(40):
        pixels = random.integers(0, 256, (12, 10), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"{k}.png")
    return tmp_path / "pictures"


def train(session: Path, pictures: Path, iterations: int, storage: str) -> None:
    words = arguments(
        "digits-wgan-gp",
        session,
        iterations,
        data__source="folder",
        data__limit=0,
        data__framing="random-crop",
        data__mirror=True,
        data__storage=storage,
    )
    assert main([*words, "--data", str(pictures), "--quiet"]) == 0


def test_from_memory_without_a_stop_and_from_the_disk_with_one_trains_the_same(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train(tmp_path / "whole", pictures, 9, "memory")
    train(tmp_path / "halves", pictures, 4, "disk")
    assert main(["resume", str(tmp_path / "halves"), "--iterations", "5", "--quiet"]) == 0
    whole, halves = (Session.open(tmp_path / name).latest_snapshot() for name in ("whole", "halves"))
    assert whole is not None
    assert halves is not None
    for file, tensors in whole.tensors.items():
        for name, tensor in tensors.items():
            assert np.array_equal(tensor, halves.tensors[file][name]), (file, name)

    capsys.readouterr()
    assert main(["cache", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry["shape"] == [40, 1, 10, 10]
    assert entry["source"] == str(pictures)
    assert main(["cache"]) == 0
    assert "40 of 10x10, grey" in capsys.readouterr().out
    assert main(["cache", "--clear"]) == 0
    assert main(["cache", "--json"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "[]"
