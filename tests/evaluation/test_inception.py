"""Inception from a weights file. No real weights are at hand: random ones show what is computed from them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from ganstudio import vision
from ganstudio.data.dataset import Dataset, silent
from ganstudio.errors import UserError
from ganstudio.evaluation.evaluate import Reference, Request, judge
from ganstudio.evaluation.inception import inception_of

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 3, 32, 32), dtype=np.uint8)


def _weights(outputs: int) -> dict[str, torch.Tensor]:
    """Random weights of about the size that keeps values alive, without drawing from the global generator."""
    with torch.device("meta"):
        network = vision.module("models").inception_v3(
            weights=None, num_classes=outputs, aux_logits=False, init_weights=False
        )
    random = torch.Generator().manual_seed(outputs)
    found = {}
    for name, tensor in network.state_dict().items():
        if tensor.dtype == torch.int64:
            found[name] = torch.zeros((), dtype=torch.int64)
        elif tensor.dim() < 2:
            found[name] = (
                torch.zeros(tensor.shape) if name.endswith(("bias", "mean")) else torch.ones(tensor.shape)
            )
        else:
            scale = (2 / tensor[0].numel()) ** 0.5
            found[name] = scale * torch.randn(tensor.shape, generator=random)
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("weights")
    paths = {"torchvision": folder / "today.safetensors", "2015": folder / "2015.safetensors"}
    save_file(_weights(1000), paths["torchvision"])
    save_file(_weights(1008), paths["2015"])
    return paths


def test_todays_features_are_those_of_torchvisions_network(files: dict[str, Path]) -> None:
    reader = inception_of(files["torchvision"])
    features = reader.read(IMAGES, silent)
    network = vision.module("models").inception_v3(
        weights=None, aux_logits=False, init_weights=False, transform_input=False
    )
    network.load_state_dict(_weights(1000))
    network.eval()
    x = torch.nn.functional.interpolate(
        torch.from_numpy(IMAGES).float(), (299, 299), mode="bicubic", antialias=True
    ).clamp(0, 255)
    with torch.no_grad():
        logits = network(x / 127.5 - 1)
    assert features.values.shape == (3, 2048)
    assert np.allclose(features.probabilities, logits.softmax(1).numpy(), rtol=1e-3, atol=1e-6)


def test_the_network_of_2015_pools_in_another_way(files: dict[str, Path]) -> None:
    reader = inception_of(files["2015"])
    assert reader.kind == "2015"
    x = torch.rand(1, 288, 5, 5, generator=torch.Generator().manual_seed(0))
    block = reader.network.Mixed_5d
    from ganstudio.evaluation.inception import _PASSES_2015

    ours, todays = _PASSES_2015["Mixed_5d"](block, x), block(x)
    assert torch.allclose(ours[:, :, 1:-1, 1:-1], todays[:, :, 1:-1, 1:-1], atol=1e-5)  # the border differs
    assert not torch.allclose(ours[:, -64:], todays[:, -64:], atol=1e-3)
    assert torch.allclose(ours[:, :-64], todays[:, :-64], atol=1e-5)  # only the pooled branch


def test_definition_and_checksum_stand_beside_the_figures(files: dict[str, Path]) -> None:
    data = Dataset("folder", IMAGES)

    def draw(count: int, seed: int) -> np.ndarray:
        return (data.array[:count].astype(np.float32) / 127.5 - 1)[:, :, ::-1]

    request = Request(("fid", "kid", "inception_score"), samples=3)
    figures, facts = judge(draw, Reference(data), request, inception=inception_of(files["2015"]))
    assert set(figures) == {"fid", "kid", "inception_score"}
    assert figures["fid"] > 0
    assert facts["inception"]["weights_sha256"] == inception_of(files["2015"]).checksum
    assert "2015" in facts["inception"]["features"]


def test_a_grey_image_is_read_as_rgb(files: dict[str, Path]) -> None:
    reader = inception_of(files["torchvision"])
    grey = IMAGES[:2, :1]
    assert np.array_equal(
        reader.read(grey, silent).values, reader.read(np.repeat(grey, 3, axis=1), silent).values
    )


def test_a_state_dictionary_of_pytorch_is_read(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(_weights(1008), path)  # noqa: TID251 - what people have
    assert inception_of(path).kind == "2015"


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    """A pickle that calls os.mkdir, in the archive that torch writes."""
    trap = tmp_path / "sprung"
    path = tmp_path / "weights.pth"
    content = (
        b"\x80\x02cposix\nmkdir\nX" + len(str(trap)).to_bytes(4, "little") + str(trap).encode() + b"\x85R."
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", content)
        archive.writestr("archive/version", "3\n")
        archive.writestr("archive/byteorder", "little")
    path.write_bytes(buffer.getvalue())
    with pytest.raises(UserError, match="weights alone"):
        inception_of(path)
    assert not trap.exists()


@pytest.mark.parametrize("name", ["junk.pth", "junk.safetensors", "empty.pth", "empty.safetensors"])
def test_junk_is_one_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"" if name.startswith("empty") else b"not weights at all" * 10)
    with pytest.raises(UserError, match=r"weights|safetensors"):
        inception_of(path)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    save_file({"fc.weight": torch.zeros(10, 3)}, tmp_path / "other.safetensors")
    with pytest.raises(UserError, match=r"Inception v3 with 1,008 or 1,000 outputs"):
        inception_of(tmp_path / "other.safetensors")
    save_file({"fc.weight": torch.zeros(1000, 2048)}, tmp_path / "part.safetensors")
    with pytest.raises(UserError, match="missing"):
        inception_of(tmp_path / "part.safetensors")
    with pytest.raises(UserError, match="There is no weights file"):
        inception_of(tmp_path / "none.pth")
