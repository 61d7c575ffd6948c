"""Several processes that train one experiment together, each with its part of every batch.

All hold the same weights, optimisers and random streams. Every process lets the parts of a batch be drawn one
after the other from the common streams and keeps its own, so together they see the batch that one process
would see: a state goes on with any number of processes. Gradients are averaged by one all-reduce of all of
them in a row, which works with any way of computing them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

from ganstudio import ranks
from ganstudio.engine.devices import resolve
from ganstudio.errors import UserError

Drawn = TypeVar("Drawn", Tensor, Tensor | None)
Told = TypeVar("Told")
Step = TypeVar("Step")
PATIENCE = timedelta(days=2)  # a person may pause for long; a process that dies is noticed at once


class CrewError(RuntimeError):
    """Another process of this training has ended."""


class Crew(Protocol):
    """The processes of a training; ``rank`` counts from 0, and the first leads: it shows and saves."""

    @property
    def rank(self) -> int:
        """Which one this is."""

    @property
    def size(self) -> int:
        """How many there are."""

    def own(self, draw: Callable[[], Drawn]) -> Drawn:
        """The part of this process of what all draw from a common stream."""

    def average(self, network: nn.Module) -> None:
        """Make gradients and running statistics the mean of all processes'."""

    def reduced(self, step: Step) -> Step:
        """What a step left to look at (a dataclass), as if one process had taken it with the whole batch."""

    def agree(self, told: Callable[[], Told]) -> Told:
        """What the first process is told; the others wait for it."""


@dataclass(frozen=True)
class Alone:
    """One process: nothing is shared, nothing costs."""

    rank: int = 0
    size: int = 1

    def own(self, draw: Callable[[], Drawn]) -> Drawn:
        """All of it."""
        return draw()

    def average(self, network: nn.Module) -> None:
        """Nothing to do."""

    def reduced(self, step: Step) -> Step:
        """As it is."""
        return step

    def agree(self, told: Callable[[], Told]) -> Told:
        """What this process is told."""
        return told()


@dataclass(frozen=True)
class Ranks:
    """The processes that torchrun started. Methods raise CrewError where another one is gone."""

    rank: int
    size: int
    words: Any  # process group on the CPU, for what is said; weights travel by the device's own

    def own(self, draw: Callable[[], Drawn]) -> Drawn:
        """The part of this process; the others' are drawn too, so that all streams stay alike."""
        return [draw() for _ in range(self.size)][self.rank]

    def average(self, network: nn.Module) -> None:
        """Average gradients and running statistics in one message."""
        tensors = [p.grad for p in network.parameters() if p.grad is not None]
        tensors += [buffer for buffer in network.buffers() if buffer.is_floating_point()]
        flat = torch.cat([tensor.detach().reshape(-1).float() for tensor in tensors])
        self._sum(flat)
        flat /= self.size
        done = 0
        for tensor in tensors:
            tensor.detach().copy_(flat[done : done + tensor.numel()].view_as(tensor))
            done += tensor.numel()

    def reduced(self, step: Step) -> Step:
        """Average the scalars, and put the norms (N,) of all parts in a row, in one message."""
        values = {f.name: getattr(step, f.name) for f in fields(step)}  # type: ignore[arg-type]
        known = {name: value.float() for name, value in values.items() if isinstance(value, Tensor)}
        scalars = [name for name, value in known.items() if value.dim() == 0]
        norms = known.get("norms", torch.empty(0))
        together = known[scalars[0]].new_zeros(len(scalars) + self.size * len(norms))
        together[: len(scalars)] = torch.stack([known[name] for name in scalars]) / self.size
        first = len(scalars) + self.rank * len(norms)
        together[first : first + len(norms)] = norms
        self._sum(together)
        found = dict(zip(scalars, together[: len(scalars)], strict=True))
        if len(norms):
            found["norms"] = together[len(scalars) :]
        return replace(step, **found)  # type: ignore[type-var]

    def agree(self, told: Callable[[], Told]) -> Told:
        """Let the first process say what it was told."""
        said: list[Any] = [told()] if self.rank == 0 else [None]
        try:
            dist.broadcast_object_list(said, src=0, group=self.words)
        except RuntimeError as error:
            raise CrewError(_GONE) from error
        result: Told = said[0]
        return result

    def _sum(self, tensor: Tensor) -> None:
        try:
            dist.all_reduce(tensor)
        except RuntimeError as error:
            raise CrewError(_GONE) from error


_GONE = "Another process of this training has ended."


def join(device: str) -> Crew:
    """Meet the other processes that torchrun started; Alone where there are none.

    ``device`` is the name of this process's own. Raises UserError where they do not find each other.
    """
    if ranks.size() == 1:
        return Alone()
    where = resolve(device)
    cpu = where.type == "cpu"
    if not cpu:
        torch.cuda.set_device(where)
    try:
        dist.init_process_group("gloo" if cpu else "nccl", timeout=PATIENCE)
        words = dist.group.WORLD if cpu else dist.new_group(backend="gloo", timeout=PATIENCE)
    except (RuntimeError, ValueError) as error:
        raise UserError(
            f"The processes of this training did not find each other: {_first_line(error)}."
        ) from error
    return Ranks(dist.get_rank(), dist.get_world_size(), words)


def leave(crew: Crew) -> None:
    """Say goodbye to the other processes, where there are any: all hang up together."""
    if not isinstance(crew, Ranks):
        return
    with suppress(RuntimeError, ValueError):
        dist.barrier(group=crew.words)  # nobody is cut off in the middle of a word
    with suppress(RuntimeError, ValueError):
        dist.destroy_process_group()


def own_device(name: str) -> str:
    """The device of this process: with "auto", each on a machine takes a CUDA device of its own."""
    if ranks.size() > 1 and name in {"auto", "cuda"} and torch.cuda.is_available():
        return f"cuda:{ranks.local_rank() % torch.cuda.device_count()}"
    return name


def share_of(batch_size: int, size: int) -> int:
    """How many samples of each batch a process has. Raises UserError where they cannot be shared evenly."""
    if batch_size % size:
        raise UserError(
            f"A batch of {batch_size} cannot be shared by {size} processes; choose a multiple of {size}."
        )
    return batch_size // size


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0].rstrip(".")
