"""Independent random streams from the experiment's one seed."""

from __future__ import annotations

from hashlib import sha256

import torch


def derived_seed(seed: int, purpose: str) -> int:
    """A 63-bit seed for one purpose, such as "latents"; different purposes give unrelated streams."""
    return int.from_bytes(sha256(f"{seed}/{purpose}".encode()).digest()[:8], "big") >> 1


def stream(seed: int, purpose: str, device: torch.device | None = None) -> torch.Generator:
    """A random generator of its own for one purpose."""
    return torch.Generator(device or "cpu").manual_seed(derived_seed(seed, purpose))
