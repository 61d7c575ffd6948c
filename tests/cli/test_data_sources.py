"""Every kind of data that a person brings along trains from the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from running import arguments

from ganstudio.cli.main import main
from ganstudio.data.drawing import encode
from ganstudio.session.session import Session


def trains(preset: str, session: Path, source: str, path: Path | None, **settings: object) -> None:
    words = arguments(preset, session, 2, data__source=source, **settings)
    idle = [k for k, w in enumerate(words) if w.startswith(("data.points=", "data.limit="))]
    words = [w for k, w in enumerate(words) if not ({k, k + 1} & set(idle))]
    assert main([*words, *(["--data", str(path)] if path else []), "--quiet"]) == 0
    assert max(Session.open(session).checkpoints()) == 2


def test_points_from_a_table(tmp_path: Path) -> None:
    table = "\n".join(f"{x},{x * x}" for x in range(100))
    (tmp_path / "points.csv").write_text(f"x,y\n{table}\n")
    trains("ring-wgan-gp", tmp_path / "run", "points-file", tmp_path / "points.csv")


def test_a_drawn_distribution(tmp_path: Path) -> None:
    drawing = encode(np.tri(64, dtype=np.uint8) * 255)
    trains("ring-wgan-gp", tmp_path / "run", "drawing", None, data__drawing=drawing)
    assert Session.open(tmp_path / "run").record.experiment.data.drawing == drawing


def test_an_array_of_images_with_labels(tmp_path: Path) -> None:
    images = np.random.default_rng(0).random((60, 10, 12, 3))
    np.savez(tmp_path / "a.npz", images=images, labels=np.arange(60) % 3)
    trains(
        "digits-conditional",
        tmp_path / "run",
        "array",
        tmp_path / "a.npz",
        data__channels=3,
        data__framing="fit",
        data__mirror=True,
    )


def test_what_is_missing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "--preset", "ring-wgan-gp", "--iterations", "1"]
    for source, sentence in (
        ("drawing", "data.drawing: Draw the distribution to train on."),
        ("points-file", "data.path: Choose the file to train on."),
    ):
        assert main([*words, "--set", f"data.source={source}"]) == 2
        assert sentence in capsys.readouterr().err
