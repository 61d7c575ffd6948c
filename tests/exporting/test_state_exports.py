"""Weights and samples: what is read back is what was trained."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.numpy import load_file

from ganstudio.engine.build import build_critic
from ganstudio.engine.sampling import sample
from ganstudio.errors import UserError
from ganstudio.experiment.parse import parse
from ganstudio.exporting import EXPORTS
from ganstudio.exporting.export import ABOUT, Order, export
from ganstudio.exporting.kinds import read_options
from ganstudio.exporting.samples import folder_names
from ganstudio.session.pictures import single_image
from ganstudio.session.session import Session


def samples(session: Path, out: Path, **values: object) -> Path:
    options = read_options(EXPORTS["samples"], {k.rstrip("_"): v for k, v in values.items()})
    return export(Order("samples", session, out, options)).path


def test_weights_are_those_of_the_checkpoint_and_the_header_says_what_they_are(
    digits: Path, tmp_path: Path
) -> None:
    out = export(Order("weights", digits, tmp_path / "w.safetensors", at=8)).path
    tensors = load_file(out)
    checkpoint = digits / "checkpoints" / "00000008"
    for network in ("generator", "generator_ema", "critic"):
        kept = load_file(checkpoint / f"{network}.safetensors")
        mine = {n.removeprefix(f"{network}."): t for n, t in tensors.items() if n.startswith(f"{network}.")}
        assert mine.keys() == kept.keys()
        assert all(np.array_equal(mine[name], kept[name]) for name in kept)
    with safe_open(out, "np") as file:
        about = file.metadata()
    assert about["iteration"] == "8"
    assert json.loads(about["sample_shape"]) == [1, 8, 8]
    assert json.loads(about["classes"]) == list("0123456789")
    critic = build_critic(parse(json.loads(about["experiment"])), (1, 8, 8), 10)
    own = {
        n.removeprefix("critic."): torch.from_numpy(t) for n, t in tensors.items() if n.startswith("critic.")
    }
    critic.load_state_dict(own)


def test_the_readme_shows_how_to_load_them(
    checkout: Path, digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code of the README, on a file of that name, draws what the session's generator draws."""
    text = (checkout / "README.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?digits\.safetensors.*?)```", text, re.DOTALL)
    assert found
    export(Order("weights", digits, tmp_path / "digits.safetensors"))
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(found[1], names)  # noqa: S102 - our own README
    generator, images = names["generator"], names["images"]
    assert isinstance(generator, torch.nn.Module)
    assert isinstance(images, torch.Tensor)
    assert images.shape == (16, 1, 8, 8)
    kept = load_file(digits / "checkpoints" / "00000012" / "generator_ema.safetensors")
    state = generator.state_dict()
    assert all(np.array_equal(state[name].numpy(), array) for name, array in kept.items())


def test_samples_of_classes_are_pictures_in_a_folder_for_each(digits: Path, tmp_path: Path) -> None:
    out = samples(digits, tmp_path / "out", count=23, seed=5)
    names = sorted(str(path.relative_to(out)) for path in out.rglob("*.png"))
    assert names == sorted(f"{i % 10}/{i:05d}.png" for i in range(23))
    with Image.open(out / "3" / "00013.png") as image:
        assert (image.size, image.mode) == ((8, 8), "L")
    other = samples(digits, tmp_path / "other", count=23, seed=6)
    same = samples(digits, tmp_path / "same", count=23, seed=5)
    assert (same / "3" / "00013.png").read_bytes() == (out / "3" / "00013.png").read_bytes()
    assert (other / "3" / "00013.png").read_bytes() != (out / "3" / "00013.png").read_bytes()


def test_classes_whose_names_look_alike_have_folders_of_their_own() -> None:
    found = folder_names(["cat/dog", "cat-dog", "Cat-Dog", "cat-dog (2)", "?", "", "8"])
    assert list(found.values()) == ["cat-dog", "cat-dog (2)", "Cat-Dog (3)", "cat-dog -2-", "-", "- (2)", "8"]
    assert len({folder.casefold() for folder in found.values()}) == len(found)


def test_samples_of_one_class_are_those_of_the_sample_command(digits: Path, tmp_path: Path) -> None:
    out = samples(digits, tmp_path / "out", count=5, seed=2, class_="7", truncation=0.5)
    snapshot = Session.open(digits).latest_snapshot()
    assert snapshot
    for i, one in enumerate(sample(snapshot, count=5, seed=2, label="7", truncation=0.5)):
        with Image.open(out / "7" / f"{i:05d}.png") as image:
            assert image.tobytes() == single_image(one).tobytes()


def test_points_are_one_table(ring: Path, tmp_path: Path) -> None:
    out = samples(ring, tmp_path / "out", count=700, seed=1)
    assert sorted(path.name for path in out.iterdir()) == [ABOUT, "samples.csv"]
    with (out / "samples.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    snapshot = Session.open(ring).latest_snapshot()
    assert snapshot
    assert rows[0] == ["x", "y"]
    read = np.array(rows[1:], np.float64).astype(np.float32)
    assert np.array_equal(read, sample(snapshot, count=700, seed=1))


def test_an_unknown_class_is_a_sentence(ring: Path, digits: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no class 'x'; there are 0, 1"):
        samples(digits, tmp_path / "out", class_="x")
    with pytest.raises(UserError, match="knows no classes"):
        samples(ring, tmp_path / "out", class_="1")
    assert list(tmp_path.iterdir()) == []
