"""Faults of the machine, as opposed to faults of the program, in one sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ganstudio.errors import UserError


def machine_fault(error: BaseException, device: torch.device) -> str | None:
    """What to tell the person of an error that the device or its memory caused; None for any other error."""
    text = str(error)
    if isinstance(error, torch.OutOfMemoryError) or "CUDA out of memory" in text:
        return (
            f"The device {device} ran out of memory; halve the batch size or the width, or train on the CPU."
        )
    if isinstance(error, MemoryError) or "DefaultCPUAllocator" in text:
        return "The machine ran out of memory; halve the batch size or the width."
    if (
        isinstance(error, (torch.AcceleratorError, RuntimeError))
        and device.type == "cuda"
        and ("CUDA" in text or "cuDNN" in text)
    ):
        return (
            f"The device {device} stopped working ({text.splitlines()[0]}); train on another device "
            f"or restart "
            "the studio."
        )
    return None


@contextmanager
def machine_faults_in_words(device: torch.device) -> Iterator[None]:
    """Raise a fault of the machine as the UserError that says what to do; other errors pass."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if (sentence := machine_fault(error, device)) is None:
            raise
        raise UserError(sentence) from error
