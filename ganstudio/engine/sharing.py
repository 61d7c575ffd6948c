"""How the processor's threads share a training: all in each operation, or one in each half of a step.

A small matrix product takes longer shared than alone: the threads wait for one another at every operation.
Where a critic step has two halves, the scores with their gradient and the penalty with its own, each half
gets a core instead. Which of the two depends on the experiment and the number of threads alone, so that a
training which goes on computes as before.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ganstudio.engine.lanes import Beside, Inline, Lane
from ganstudio.engine.players import Players

# Multiplications of the critic's pass over a batch, up to which one thread is faster than two that share
# every operation; measured for networks of 0.6 to 17,000 million (``python -m tests.bench sharing``).
SMALL = 150e6
HALVES = 300e6  # the same, where the other thread takes the penalty


def share(players: Players, sample_shape: tuple[int, ...], threads: int) -> tuple[Lane, int]:
    """Where the penalty is computed, and with how many threads each operation."""
    if threads == 1 or players.device.type != "cpu":
        return Inline(), threads
    halves = may_halve(players)
    limit = HALVES if halves and threads == 2 else SMALL
    if players.share * multiplications(players.critic, sample_shape, players.device) > limit:
        return Inline(), threads
    return Beside() if halves else Inline(), 1


def may_halve(players: Players) -> bool:
    """Whether the critic can be asked in two threads at once, and there is a penalty to ask it for.

    A forward pass that changes the critic's buffers has to wait for its turn; so have processes that train
    together, where each takes its part of what is drawn.
    """
    return players.penalty is not None and players.crew.size == 1 and not list(players.critic.buffers())


def multiplications(critic: nn.Module, sample_shape: tuple[int, ...], device: torch.device) -> float:
    """Multiplications of the critic's linear and convolution layers for one sample."""
    counts: list[float] = []

    def count(layer: Any, _inputs: object, output: Tensor) -> None:
        outputs = output.shape[1] if isinstance(layer, nn.Conv2d) else output.shape[-1]
        counts.append(layer.weight.numel() * output.numel() / outputs)

    layers = [module for module in critic.modules() if isinstance(module, nn.Linear | nn.Conv2d)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    training = critic.training
    critic.eval()  # nothing of it changes by looking
    try:
        with torch.no_grad():
            x = torch.zeros(1, *sample_shape, device=device)
            critic(x, torch.zeros(1, dtype=torch.long, device=device))
    finally:
        critic.train(training)
        for hook in hooks:
            hook.remove()
    return sum(counts)
