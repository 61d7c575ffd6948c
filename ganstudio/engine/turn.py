"""What the host decides anew for each step; everything else of a step happens on the device alone."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ganstudio.data.loader import Portion


@dataclass
class Turn:
    """Which samples a step sees, and how much noise is on them.

    The learning rate and the share of historical averaging change with every step too; their owners hold
    them.
    """

    portion: Portion = ()
    noise: float | Tensor = 0.0  # standard deviation

    def held(self, device: torch.device) -> Turn:
        """A copy in memory of its own on the device, which ``take`` fills: for a step that is replayed."""
        noise = torch.tensor(self.noise, device=device) if self.noise else 0.0
        return Turn(tuple(part.clone() for part in self.portion), noise)

    def take(self, turn: Turn) -> None:
        """Hold what another turn says, in the same memory. Both have noise, or neither has."""
        for ours, theirs in zip(self.portion, turn.portion, strict=True):
            ours.copy_(theirs)
        if isinstance(self.noise, Tensor):
            self.noise.fill_(turn.noise)
