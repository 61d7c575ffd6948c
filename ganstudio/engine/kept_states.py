"""The states that a training keeps: copies of all of it, seen to be good before they are saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import torch

from ganstudio.engine.clock import Clock
from ganstudio.engine.events import Checkpoint, Event, Snapshot
from ganstudio.engine.good_states import GoodStates, NonFiniteError
from ganstudio.engine.state import critic_step_tensors, players_tensors, restore_critic_step, restore_players
from ganstudio.errors import UserError
from ganstudio.experiment.parse import parse

if TYPE_CHECKING:
    from ganstudio.engine.trainer import Trainer


class KeptStates:
    """Copies a trainer's state and puts it back; what is yielded as a Checkpoint has no infinite weight."""

    def __init__(self, trainer: Trainer, snapshot: Snapshot | None) -> None:
        """With ``snapshot`` the trainer, which is built but for this, goes on from there."""
        self._trainer = trainer
        if snapshot is not None:
            self.restore(snapshot)
        self._good = GoodStates(self.copy())
        self._saved_at = trainer.clock.seconds()  # training time at the last checkpoint

    @property
    def are_due(self) -> bool:
        """Whether it is time to save one."""
        trainer, saving = self._trainer, self._trainer.experiment.saving
        limit = 60 * saving.autosave_minutes
        return (
            trainer.iteration % saving.checkpoint_every == 0
            or 0 < limit <= trainer.clock.seconds() - self._saved_at
        )

    def checkpoint(self) -> Iterator[Event]:
        """Yield the state to be saved, after all scalars up to it.

        Raises NonFiniteError where a loss, a weight or a moment is infinite or NaN: that is not worth
        keeping.
        """
        yield from self.offer()
        yield from self.settle()

    def offer(self) -> Iterator[Event]:
        """Copy the state to memory; it is yielded between later steps, once another thread has seen it good.

        Raises NonFiniteError as ``checkpoint`` does.
        """
        yield from self.settle()
        yield from self._trainer.observer.flush()
        self._good.offer(self.copy())
        self._saved_at = self._trainer.clock.seconds()

    def settle(self) -> Iterator[Event]:
        """Wait for a state that is still looked through, and yield it. Raises NonFiniteError."""
        yield from self.taken(wait=True)

    def taken(self, *, wait: bool) -> Iterator[Event]:
        """Yield the state that was offered, where it has been seen to be good. Raises NonFiniteError."""
        if (snapshot := self._good.take(wait=wait)) is not None:
            yield Checkpoint(snapshot.iteration, snapshot)

    def last_good(self) -> Snapshot:
        """The newest state that is worth keeping."""
        with suppress(NonFiniteError):
            self._good.take(wait=True)
        return self._good.last

    def copy(self) -> Snapshot:
        """The whole state, copied to memory."""
        trainer = self._trainer
        trainer.players.take_back()
        numbers = {
            "iteration": trainer.iteration,
            "critic_steps": trainer.critic_steps,
            "critic_step": trainer.critic_step,
            "seconds": trainer.clock.seconds(),
            "experiment": trainer.experiment.model_dump(),
            "device": str(trainer.device),
            "threads": trainer.threads,
            "sample_shape": list(trainer.dataset.sample_shape),
            "class_names": list(trainer.class_names),
            "last": dict(trainer.observer.scalars.last),
            "loader": trainer.players.loader.state()["numbers"],
        }
        tensors = players_tensors(trainer.players, trainer.observer.fixed_latents)
        if trainer.critic_step and trainer.observer.last_critic is not None:
            tensors["last_critic_step"] = critic_step_tensors(trainer.observer.last_critic)
        return Snapshot(trainer.iteration, tensors, numbers)

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from a state. Raises UserError where it does not fit its experiment."""
        trainer, numbers = self._trainer, snapshot.numbers
        observer = trainer.observer
        trainer.adopt(parse(numbers["experiment"]))
        restore_players(trainer.players, snapshot.tensors, numbers["loader"])
        trainer.steps.forget()
        latents = snapshot.tensors["random"].get("fixed_latents")
        if latents is None or latents.shape[1:] != observer.fixed_latents.shape[1:]:
            raise UserError("The saved state does not fit its experiment: its fixed latents are other ones.")
        observer.fixed_latents = torch.from_numpy(latents.copy()).to(trainer.device)
        observer.scalars.restart(numbers["last"])
        pending = snapshot.tensors.get("last_critic_step")
        observer.last_critic = restore_critic_step(pending, trainer.device) if pending else None
        trainer.iteration = numbers["iteration"]
        trainer.critic_steps = numbers["critic_steps"]
        trainer.critic_step = numbers["critic_step"]
        trainer.clock = Clock(numbers["seconds"])
