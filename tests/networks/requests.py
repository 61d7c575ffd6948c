"""What networks are built from in tests: the settings with their defaults, small."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Request:
    width: int = 8
    depth: int = 2
    activation: str = "relu"
    norm: str = "none"
    attention: int = 0
    spectral_norm: bool = False
    initialisation: str = "default"
    embedding: int = 5
    reference_size: int = 6
    minibatch_deviation: bool = False
    minibatch_discrimination: bool = False
    minibatch_kernels: int = 4
    minibatch_dimensions: int = 3
