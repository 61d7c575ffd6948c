"""Every family of generators, run by onnxruntime, gives what PyTorch gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from export_sessions import CancelAt, small

from ganstudio.engine.build import build_generator
from ganstudio.engine.sampling import saved_generator
from ganstudio.engine.state import load_network
from ganstudio.errors import Cancelled, UserError
from ganstudio.exporting import onnx_model
from ganstudio.exporting.export import Order, export
from ganstudio.exporting.onnx_model import OPSET, write_onnx
from ganstudio.session.checkpoints import read_checkpoint

Shape = tuple[int, ...]

# Family -> preset, settings, shape of a sample, classes.
ATTENTIVE = {"data__size": 8, "generator__attention": 4, "critic__attention": 0, "generator__width": 4}
VIRTUAL = {"generator__norm": "virtual-batch", "generator__reference_size": 4}
FAMILIES: dict[str, tuple[str, dict[str, object], Shape, int]] = {
    "mlp for points": ("ring-wgan-gp", {}, (2,), 0),
    "mlp with classes": ("digits-conditional", {"generator__norm": "batch"}, (1, 8, 8), 10),
    "virtual batch norm": (
        "digits-wgan-gp",
        {"generator__norm": "virtual-batch", "generator__reference_size": 4},
        (1, 8, 8),
        0,
    ),
    "dcgan": ("digits-dcgan", {}, (1, 16, 16), 0),
    "resnet": ("cifar10-resnet-wgan-gp", {"data__size": 8}, (3, 8, 8), 0),
    "biggan with attention, spectral norm and classes": ("cifar10-biggan", ATTENTIVE, (3, 8, 8), 4),
}


def outputs(path: Path, generator: torch.nn.Module, latent: int, count: int, classes: int) -> float:
    """The largest difference between onnxruntime and PyTorch over a batch."""
    z = torch.randn(count, latent, generator=torch.Generator().manual_seed(count))
    labels = torch.arange(count) % max(1, classes)
    with torch.no_grad():
        wanted = generator.eval()(z, labels if classes else None).numpy()
    feed = {"z": z.numpy(), **({"labels": labels.numpy()} if classes else {})}
    found = onnxruntime.InferenceSession(path).run(["samples"], feed)[0]
    assert found.shape == wanted.shape
    assert wanted.std() > 1e-3
    return float(np.abs(found - wanted).max())


@pytest.mark.parametrize("family", FAMILIES)
def test_onnxruntime_agrees_for_batches_of_any_size(family: str, tmp_path: Path) -> None:
    preset, values, shape, classes = FAMILIES[family]
    experiment = small(preset, **values)
    generator = build_generator(experiment, shape, classes)
    torch.manual_seed(1)
    for parameter in generator.parameters():  # weights as after training: no gain or gamma at 0 or 1
        parameter.data += 0.05 * torch.randn_like(parameter)
    weights = {name: tensor.numpy() for name, tensor in generator.state_dict().items()}
    names = [str(i) for i in range(classes)]
    numbers = {
        "experiment": experiment.model_dump(),
        "sample_shape": list(shape),
        "class_names": names,
        "iteration": 7,
    }
    write_onnx(numbers, weights, tmp_path / "g.onnx")
    for count in (1, 5):
        assert outputs(tmp_path / "g.onnx", generator, experiment.latent.dimension, count, classes) < 1e-5
    session = onnxruntime.InferenceSession(tmp_path / "g.onnx")
    assert [i.name for i in session.get_inputs()] == (["z", "labels"] if classes else ["z"])
    assert [path.name for path in tmp_path.iterdir()] == ["g.onnx"]  # no weights beside it


def test_an_export_takes_the_moving_average_and_says_what_it_is(
    digits: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = export(Order("onnx", digits, tmp_path / "g.onnx", at=8)).path
    assert capfd.readouterr() == ("", "")
    session = onnxruntime.InferenceSession(out)
    about = session.get_modelmeta()
    assert about.custom_metadata_map["iteration"] == "8"
    assert json.loads(about.custom_metadata_map["classes"]) == list("0123456789")
    assert [(o.domain, o.version) for o in onnx.load(out).opset_import if not o.domain] == [("", OPSET)]
    snapshot = read_checkpoint(digits / "checkpoints", 8)
    average, experiment = saved_generator(snapshot.numbers, snapshot.tensors["generator_ema"])
    assert outputs(out, average, experiment.latent.dimension, 3, 10) < 1e-5
    load_network(average, snapshot.tensors["generator"])
    assert outputs(out, average, experiment.latent.dimension, 3, 10) > 1e-5


def test_cancelling_ends_the_process_at_once(digits: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        export(Order("onnx", digits, tmp_path / "g.onnx"), CancelAt(4))
    assert list(tmp_path.iterdir()) == []


def test_a_generator_larger_than_the_format_is_a_sentence(
    digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_model, "LARGEST", 1000)
    with pytest.raises(UserError, match="less than 2 GiB"):
        export(Order("onnx", digits, tmp_path / "g.onnx"))
