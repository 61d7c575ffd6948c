"""The generator as an ONNX model.

The exporter of PyTorch sets switches for the whole process while it works, which training in another thread
would see, and it cannot be interrupted; so it works in a process of its own.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ganstudio.data.dataset import Progress
from ganstudio.errors import UserError
from ganstudio.exporting.apart import run_apart
from ganstudio.exporting.kinds import NoOptions
from ganstudio.exporting.source import Source

Options = NoOptions

OPSET = 18  # the one that PyTorch's exporter writes without converting
LARGEST = 2**31 - 2**20  # bytes of weights; a protobuf message ends at 2 GiB

Weights = Mapping[str, NDArray[Any]]


def export(source: Source, out: Path, _options: NoOptions, progress: Progress) -> int:
    """Write the generator, its moving average where there is one, as one file."""
    progress("Reading the checkpoint", 0, 0)
    snapshot = source.snapshot
    weights = snapshot.tensors.get("generator_ema", snapshot.tensors["generator"])
    if sum(array.nbytes for array in weights.values()) > LARGEST:
        raise UserError("An ONNX file holds less than 2 GiB, and this generator is larger.")
    numbers = {**snapshot.numbers, "iteration": snapshot.iteration}
    run_apart(write_onnx, numbers, dict(weights), out, what="Writing the model", progress=progress)
    return snapshot.iteration


def write_onnx(numbers: Mapping[str, Any], weights: Weights, out: Path) -> None:
    """Write a generator's model.

    Inputs "z" (batch, latent), float32, and with classes "labels" (batch,), int64; output "samples"
    (batch, *sample_shape), float32, images in [-1, 1]. ``numbers`` are a snapshot's. Raises UserError where
    the weights do not fit the experiment.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's warnings are about its own insides
        _write(numbers, weights, out)


def _write(numbers: Mapping[str, Any], weights: Weights, out: Path) -> None:
    import onnx
    import torch

    from ganstudio.engine.sampling import saved_generator

    torch.set_num_threads(1)
    names = numbers.get("class_names", [])
    generator, experiment = saved_generator(numbers, weights)
    z = torch.zeros(2, experiment.latent.dimension)
    arguments = (z, torch.zeros(2, dtype=torch.int64)) if names else (z,)
    program = torch.onnx.export(
        generator.eval(),
        arguments,
        dynamo=True,
        verbose=False,
        opset_version=OPSET,
        input_names=["z", "labels"][: len(arguments)],
        output_names=["samples"],
        dynamic_shapes=tuple({0: torch.export.Dim("batch", min=1)} for _ in arguments),
    )
    if program is None:
        raise RuntimeError("the exporter returned nothing")
    program.model.doc_string = f"Generator of {experiment.name}, iteration {numbers['iteration']}"
    program.model.metadata_props["experiment"] = json.dumps(numbers["experiment"])
    program.model.metadata_props["iteration"] = str(numbers["iteration"])
    program.model.metadata_props["classes"] = json.dumps(names)
    program.save(out, external_data=False)
    onnx.checker.check_model(out)
