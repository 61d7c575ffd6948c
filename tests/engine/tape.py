"""A recorder of work on the CPU that is as strict as a CUDA graph.

A recording holds every operation with the tensors that it read and wrote, and with all other arguments as
they were. Recording leaves no trace: memory and random streams are put back. A replay does the same
operations on the same memory and runs no Python of the step, so whatever a step takes from the host and
changes from step to step comes out wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

Done = TypeVar("Done")
WAITS = {"_local_scalar_dense", "nonzero", "masked_select", "equal", "is_nonzero", "_unique2", "unique_dim"}
BATCH_NORM = "native_batch_norm"  # writes to its running statistics, and does not declare it


class Tape(TorchDispatchMode):
    """Writes all operations down, and how to undo them."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[tuple[Any, Any, Any, Any]] = []
        self._before: dict[int, tuple[torch.UntypedStorage, torch.UntypedStorage]] = {}
        self._own: set[int] = set()  # storages that the work itself made

    def __torch_dispatch__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = function.overloadpacket.__name__
        if name in WAITS:
            raise RuntimeError(f"{name} waits for the device, which is recording")
        inputs = _tensors((args, kwargs))
        for tensor in _written(function, args, kwargs):
            self._remember(tensor.untyped_storage())
        made = function(*args, **kwargs)
        known = {tensor.untyped_storage()._cdata for tensor in inputs}
        self._own |= {tensor.untyped_storage()._cdata for tensor in _tensors(made)} - known
        self.operations.append((function, args, kwargs, made))
        return made

    def undo(self) -> None:
        """Put back what the work has written to memory that was there before."""
        for storage, before in self._before.values():
            storage.copy_(before)

    def replay(self) -> None:
        """Do all operations again, with their results in the same memory."""
        with torch.no_grad():
            for function, args, kwargs, made in self.operations:
                again = function(*args, **kwargs)
                for ours, theirs in zip(_tensors(made), _tensors(again), strict=True):
                    if ours.untyped_storage()._cdata != theirs.untyped_storage()._cdata:
                        ours.copy_(theirs)

    def _remember(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key not in self._own and key not in self._before:
            self._before[key] = storage, storage.clone()


class TapeRecorder:
    """Records the work of the CPU; notes what it was asked for."""

    def __init__(self) -> None:
        self.rehearsed = self.recorded = self.replayed = 0

    def rehearse(self, work: Callable[[], Done]) -> Done:
        self.rehearsed += 1
        return work()

    def record(self, work: Callable[[], object], streams: Iterable[torch.Generator]) -> Callable[[], None]:
        self.recorded += 1
        states = [(stream, stream.get_state()) for stream in streams]
        tape = Tape()
        with tape:
            work()
        tape.undo()
        for stream, state in states:
            stream.set_state(state)

        def replay() -> None:
            self.replayed += 1
            tape.replay()

        return replay


def _tensors(tree: Any) -> list[Tensor]:
    return [leaf for leaf in tree_flatten(tree)[0] if isinstance(leaf, Tensor)]


def _written(function: Any, args: Any, kwargs: Any) -> list[Tensor]:
    """The arguments that an operation writes to."""
    name = function.overloadpacket.__name__
    named = dict(zip((a.name for a in function._schema.arguments), args, strict=False)) | kwargs
    return _tensors(
        [
            named[a.name]
            for a in function._schema.arguments
            if a.name in named and (_is_written(a) or (name == BATCH_NORM and a.name.startswith("running")))
        ]
    )


def _is_written(argument: Any) -> bool:
    return argument.alias_info is not None and bool(argument.alias_info.is_write)
