"""Inception v3 as the reader of features for FID, KID and IS, from a weights file that the person has.

Two definitions are known by their weights. Published figures are made with the first.

- ``2015``: the network of the original TensorFlow code, as ported to PyTorch (1,008 outputs), whose pooling
  differs in three places from today's.
- ``torchvision``: torchvision's ImageNet weights (1,000 outputs).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from numpy.typing import NDArray
from torch import Tensor

from ganstudio import vision
from ganstudio.data.dataset import Progress
from ganstudio.engine.devices import resolve
from ganstudio.errors import UserError
from ganstudio.evaluation.features import Features

SIDE = 299  # pixels that Inception takes
CHUNK = 32
STEM = (
    "Conv2d_1a_3x3",
    "Conv2d_2a_3x3",
    "Conv2d_2b_3x3",
    "maxpool1",
    "Conv2d_3b_1x1",
    "Conv2d_4a_3x3",
    "maxpool2",
)
BLOCKS = (
    "Mixed_5b", "Mixed_5c", "Mixed_5d", "Mixed_6a", "Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e",
    "Mixed_7a", "Mixed_7b", "Mixed_7c",
)  # fmt: skip
OUTPUTS = {1008: "2015", 1000: "torchvision"}
RESIZING = {"2015": "bilinear without antialiasing", "torchvision": "bicubic with antialiasing"}


@dataclass(frozen=True)
class Inception:
    """The network of a weights file; ``kind`` is "2015" or "torchvision"."""

    network: Any
    kind: str
    checksum: str  # SHA-256 of the file
    device: torch.device

    @property
    def definition(self) -> Mapping[str, Any]:
        """What must be the same for two figures to be comparable."""
        return {
            "features": f"Inception v3 ({self.kind}), 2048 values after the last pooling",
            "weights_sha256": self.checksum,
            "resizing": f"{RESIZING[self.kind]} to {SIDE}x{SIDE}",
            "probabilities": "softmax without biases" if self.kind == "2015" else "softmax",
        }

    def read(self, images: NDArray[np.uint8], progress: Progress) -> Features:
        """Features (N, 2048) and class probabilities of images NCHW of 0..255, grey or RGB."""
        values, probabilities = [], []
        with torch.inference_mode():
            for start in range(0, len(images), CHUNK):
                progress("Reading features with Inception", start, len(images))
                x = (
                    torch.from_numpy(np.ascontiguousarray(images[start : start + CHUNK]))
                    .to(self.device)
                    .float()
                )
                features = self._features(self._prepared(x))
                bias = None if self.kind == "2015" else self.network.fc.bias
                logits = F.linear(features, self.network.fc.weight, bias)
                values.append(features.cpu().numpy())
                probabilities.append(logits.softmax(1).cpu().numpy())
        return Features(np.concatenate(values), np.concatenate(probabilities))

    def _prepared(self, x: Tensor) -> Tensor:
        """Pixels 0..255 as the network takes them: 299 pixels, RGB, in [-1, 1]."""
        if x.shape[1] == 1:
            x = x.expand(-1, 3, -1, -1)
        if self.kind == "2015":
            return F.interpolate(x / 255, (SIDE, SIDE), mode="bilinear", align_corners=False) * 2 - 1
        x = F.interpolate(x, (SIDE, SIDE), mode="bicubic", antialias=True).clamp(0, 255)
        return x / 127.5 - 1

    def _features(self, x: Tensor) -> Tensor:
        for name in STEM:
            x = getattr(self.network, name)(x)
        for name in BLOCKS:
            block = getattr(self.network, name)
            x = _PASSES_2015[name](block, x) if self.kind == "2015" and name in _PASSES_2015 else block(x)
        return x.mean(dim=(2, 3))


def inception_of(path: Path, device: str = "cpu") -> Inception:
    """Read a weights file: safetensors, or a state dictionary as PyTorch saves it, read without running code.

    Raises UserError where it cannot be read or holds something else.
    """
    path = path.expanduser().absolute()
    if not path.is_file():
        raise UserError(f"There is no weights file {path}.")
    try:
        checksum = _checksum(path)
        tensors = _safetensors(path) if path.suffix == ".safetensors" else _state_dictionary(path)
    except OSError as error:
        raise UserError(f"{path} could not be read: {error.strerror or error}.") from None
    outputs = tensors["fc.weight"].shape[0] if "fc.weight" in tensors and tensors["fc.weight"].dim() else 0
    if outputs not in OUTPUTS:
        raise UserError(f"{path} does not hold the weights of Inception v3 with 1,008 or 1,000 outputs.")
    network = _empty(outputs)
    needed = network.state_dict()
    try:
        network.load_state_dict({name: tensors[name] for name in needed if name in tensors}, assign=True)
    except (RuntimeError, TypeError):
        raise UserError(
            f"{path} does not hold the weights of Inception v3: some are missing or misshapen."
        ) from None
    network.eval().requires_grad_(requires_grad=False)
    where = resolve(device)
    return Inception(network.float().to(where), OUTPUTS[outputs], checksum, where)


def _empty(outputs: int) -> Any:
    with torch.device("meta"):
        return vision.module("models").inception_v3(
            weights=None, num_classes=outputs, aux_logits=False, init_weights=False, transform_input=False
        )


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except SafetensorError:
        raise UserError(f"{path} is damaged: it is not a valid safetensors file.") from None


def _state_dictionary(path: Path) -> dict[str, Tensor]:
    """Named tensors by torch's reader for weights only, which knows no other objects and runs no code."""
    from torch.hub import load_state_dict_from_url

    with tempfile.TemporaryDirectory() as folder:
        try:
            found = load_state_dict_from_url(path.as_uri(), folder, "cpu", progress=False, weights_only=True)
        except (RuntimeError, ValueError, EOFError, KeyError, TypeError, BadZipFile, AttributeError):
            found = None
        except Exception as error:  # the reader's own refusal is of a class that it does not name publicly
            if type(error).__name__ != "UnpicklingError":
                raise
            found = None
    if not isinstance(found, dict) or not all(isinstance(tensor, Tensor) for tensor in found.values()):
        raise UserError(f"{path} does not hold weights alone, so it was not read.")
    return found


def _average(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


def _pass_a(block: Any, x: Tensor) -> Tensor:
    double = block.branch3x3dbl_3(block.branch3x3dbl_2(block.branch3x3dbl_1(x)))
    five = block.branch5x5_2(block.branch5x5_1(x))
    return torch.cat([block.branch1x1(x), five, double, block.branch_pool(_average(x))], 1)


def _pass_c(block: Any, x: Tensor) -> Tensor:
    seven = block.branch7x7_3(block.branch7x7_2(block.branch7x7_1(x)))
    double = x
    for step in range(1, 6):
        double = getattr(block, f"branch7x7dbl_{step}")(double)
    return torch.cat([block.branch1x1(x), seven, double, block.branch_pool(_average(x))], 1)


def _pass_e(block: Any, x: Tensor, pool: Callable[[Tensor], Tensor]) -> Tensor:
    three = block.branch3x3_1(x)
    double = block.branch3x3dbl_2(block.branch3x3dbl_1(x))
    return torch.cat(
        [
            block.branch1x1(x),
            block.branch3x3_2a(three),
            block.branch3x3_2b(three),
            block.branch3x3dbl_3a(double),
            block.branch3x3dbl_3b(double),
            block.branch_pool(pool(x)),
        ],
        1,
    )


# Where the network of 2015 pools in another way: without counting the border, and once by the largest.
_PASSES_2015: dict[str, Callable[[Any, Tensor], Tensor]] = {
    **dict.fromkeys(("Mixed_5b", "Mixed_5c", "Mixed_5d"), _pass_a),
    **dict.fromkeys(("Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"), _pass_c),
    "Mixed_7b": lambda block, x: _pass_e(block, x, _average),
    "Mixed_7c": lambda block, x: _pass_e(block, x, lambda y: F.max_pool2d(y, 3, stride=1, padding=1)),
}
