"""The devices of this machine, by name and with their memory."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ganstudio.errors import UserError
from ganstudio.threads import default_threads

FIRST_CUDA_BFLOAT16 = (8, 0)  # compute capability of Ampere


@dataclass(frozen=True)
class DeviceInfo:
    """A device by the name that ``--device`` takes and the title that people read."""

    name: str
    title: str


def available_devices() -> tuple[DeviceInfo, ...]:
    """Every CUDA device, then the CPU."""
    cuda = range(torch.cuda.device_count()) if torch.cuda.is_available() else range(0)
    return (
        *(DeviceInfo(f"cuda:{i}", _cuda_title(i)) for i in cuda),
        DeviceInfo("cpu", f"CPU ({_threads(default_threads())})"),
    )


def resolve(name: str) -> torch.device:
    """The device of that name.

    "auto" is the first CUDA device where there is one, else the CPU; "cuda" is "cuda:0".

    Raises UserError that lists what there is.

    float32 means float32 from then on, in this whole process: CUDA's convolutions would round to TF32, those
    of a penalty too, and PyTorch can only switch that for all threads at once. bfloat16 is what is fast.
    """
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    available = [d.name for d in available_devices()]
    wanted = {"auto": available[0], "cuda": "cuda:0"}.get(name, name)
    if wanted not in available:
        raise UserError(
            f"There is no device {name!r} on this machine; there is {', '.join(available)} (or auto)."
        )
    return torch.device(wanted)


def title(device: torch.device, threads: int) -> str:
    """What people read of a device in use, the processor with so many threads."""
    return f"CPU ({_threads(threads)})" if device.type == "cpu" else _cuda_title(device.index)


def has_fast_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 with instructions of its own."""
    if device.type == "cpu":
        return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()  # noqa: SLF001 - there is no public name
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= FIRST_CUDA_BFLOAT16


def _cuda_title(index: int) -> str:
    properties = torch.cuda.get_device_properties(index)
    return f"{properties.name}, {properties.total_memory / 2**30:.0f} GiB (cuda:{index})"


def _threads(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"
