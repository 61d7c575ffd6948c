"""The training loop: an experiment goes in, events come out."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import torch

from ganstudio.data import held_out
from ganstudio.data.dataset import Dataset, Progress, silent
from ganstudio.engine import devices
from ganstudio.engine.capturing import Steps
from ganstudio.engine.casting import build_players
from ganstudio.engine.classes import class_names, row_labels
from ganstudio.engine.clock import Clock
from ganstudio.engine.conductor import Conductor
from ganstudio.engine.control import Control
from ganstudio.engine.crew import Alone, Crew, CrewError, leave
from ganstudio.engine.events import (
    NON_FINITE,
    Checkpoint,
    Event,
    Finished,
    Reason,
    Snapshot,
    Stage,
    Started,
    StateChanged,
    Trouble,
)
from ganstudio.engine.faults import machine_fault, machine_faults_in_words
from ganstudio.engine.good_states import NonFiniteError
from ganstudio.engine.graphs import recorder_of
from ganstudio.engine.kept_states import KeptStates
from ganstudio.engine.learning_rate import set_learning_rate
from ganstudio.engine.observer import Observer, draw_fixed_latents, draw_real
from ganstudio.engine.sharing import share
from ganstudio.engine.step import GeneratorStep, critic_stages, generator_stages
from ganstudio.engine.validation import Validation
from ganstudio.errors import ExperimentError
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.rules import missing
from ganstudio.threads import default_threads


class Trainer:
    """Trains one experiment, alone in its thread; others reach it through ``control`` and its events."""

    def __init__(
        self,
        experiment: Experiment,
        *,
        device: str = "auto",
        threads: int | None = None,
        snapshot: Snapshot | None = None,
        progress: Progress = silent,
        control: Control | None = None,
        dataset: Dataset | None = None,
        crew: Crew | None = None,
    ) -> None:
        """Load the data and build everything; with ``snapshot`` training goes on from there exactly.

        Raises ExperimentError or UserError for a person's mistakes (no folder given, no such device, data
        that cannot be read, more than the memory holds) and Cancelled where ``progress`` raises it.
        """
        if issues := missing(experiment):
            raise ExperimentError(issues)
        self.device = devices.resolve(device)
        # Sums depend on how many threads share them: to go on exactly takes as many as before.
        before = snapshot.numbers["threads"] if snapshot else None
        self.threads = threads or before or default_threads()
        torch.set_num_threads(self.threads)
        self.control = control or Control()
        self._crew = crew or Alone()
        with machine_faults_in_words(self.device):
            self.dataset, self.held_out = (
                held_out.load(experiment.data, experiment.seed, progress)
                if dataset is None
                else held_out.split(dataset, experiment.data.held_out, experiment.seed)
            )
            self._set_up(experiment, snapshot)

    def _set_up(self, experiment: Experiment, snapshot: Snapshot | None) -> None:
        self.class_names = class_names(experiment, self.dataset)  # none in an unconditional experiment
        self.critic_step = 0  # critic steps done within this iteration
        self._conductor = Conductor(self)
        self.players = build_players(experiment, self.dataset, len(self.class_names), self.device, self._crew)
        shape = self.dataset.sample_shape
        self.players.lane, self._operation_threads = share(self.players, shape, self.threads)
        torch.set_num_threads(self._operation_threads)
        self.steps = Steps(self.players, recorder_of(self.device))
        latents = draw_fixed_latents(experiment, self.dataset.sample_shape, self.device)
        labels = row_labels(len(latents), len(self.class_names))
        labels = None if labels is None else labels.to(self.device)
        validation = Validation(self.players, self.dataset, self.held_out) if self.held_out else None
        self.observer = Observer(self.players, latents, labels, self.dataset.modes, validation)
        self._target = 0  # iteration at which the run ends
        self.clock = Clock()
        self.states = KeptStates(self, snapshot)

    @property
    def experiment(self) -> Experiment:
        """The experiment as it is now, live edits included."""
        return self.players.experiment

    @property
    def iteration(self) -> int:
        """Completed generator updates."""
        return self.players.iteration

    @iteration.setter
    def iteration(self, count: int) -> None:
        self.players.iteration = count

    @property
    def critic_steps(self) -> int:
        """Completed critic steps of all iterations."""
        return self.players.critic_steps

    @critic_steps.setter
    def critic_steps(self, count: int) -> None:
        self.players.critic_steps = count

    @property
    def stage(self) -> Stage:
        """Which network the next step updates."""
        return "critic" if self.critic_step < self.experiment.schedule.n_critic else "generator"

    def run(self, iterations: int) -> Iterator[Event]:
        """Train for that many generator updates more, yielding events.

        The first is Started, the last are a Checkpoint and Finished. While paused, the next event is waited
        for. Trouble of the machine or of the numbers ends it with the last good state; a fault of the program
        is raised.
        """
        # Another trainer may have set it since, or another thread built this.
        torch.set_num_threads(self._operation_threads)
        self.clock.wake()
        self._target = self.iteration + iterations
        self.players.take_back()  # of a run that was left
        try:
            yield self._started(self._target)
            yield self.observer.samples(self.iteration)
            yield self.state_event(paused=False)
            reason = yield from self._train()
            yield Finished(self.iteration, reason)
        except NonFiniteError as error:
            at = self.iteration
            self.states.restore(self.states.last_good())
            yield from self._fail(
                at, f"{error} {NON_FINITE}; try a smaller learning rate or another objective."
            )
        except CrewError as error:
            yield from self._fail(self.iteration, str(error))
        except (RuntimeError, MemoryError) as error:
            if (sentence := machine_fault(error, self.device)) is None:
                raise
            yield from self._fail(self.iteration, sentence)
        finally:
            self.clock.rest()

    def advance(self) -> Iterator[Event]:
        """Take the next step of the algorithm.

        A critic step until there were n_critic of them, then a generator step.
        """
        if self.stage == "critic":
            step = yield from self._conductor.lead(critic_stages)
            self.observer.last_critic = self._crew.reduced(step)
            self.critic_step += 1
            self.critic_steps += 1
            return
        generated = yield from self._conductor.lead(generator_stages)
        self.critic_step = 0
        self.iteration += 1
        generated = self._crew.reduced(generated)
        if self._crew.rank == 0:  # the others train along, and nobody looks at them
            yield from self._iteration_done(generated)

    def _iteration_done(self, generated: GeneratorStep) -> Iterator[Event]:
        yield from self.observer.iteration_done(self.iteration, self.clock.seconds(), generated)
        yield from self.states.taken(wait=False)
        if self.states.are_due and self.iteration != self._target:  # the end has a checkpoint of its own
            yield from self.states.offer()

    def look(self) -> Iterator[Event]:
        """Everything there is to see at this moment."""
        self.players.take_back()
        yield from self.observer.look(self.iteration)

    def adopt(self, experiment: Experiment) -> None:
        """Go on with an experiment that differs in live settings only."""
        self.players.take_back()
        self.players.experiment = experiment
        for optimizer, settings in (
            (self.players.generator_optimizer, experiment.generator_optimizer),
            (self.players.critic_optimizer, experiment.critic_optimizer),
        ):
            set_learning_rate(optimizer, settings, self.iteration)

    def snapshot(self) -> Snapshot:
        """The whole state, copied to memory."""
        return self.states.copy()

    def leave(self) -> None:
        """Part from the other processes of this training, where there are any; it trains no more."""
        leave(self._crew)

    def state_event(self, *, paused: bool) -> StateChanged:
        """Where in the algorithm training stands."""
        return StateChanged(self.iteration, "paused" if paused else "running", self.stage, self.critic_step)

    def _train(self) -> Generator[Event, None, Reason]:
        conductor = self._conductor
        conductor.begin()
        while self.iteration < self._target:
            yield from conductor.obey()
            if conductor.stopped:
                break
            yield from self.advance()
            if trouble := self.steps.trouble():
                yield Trouble(self.iteration, trouble, fatal=False)
            yield from conductor.stepped()
        if self._crew.rank == 0:
            yield from self.look()
            if not conductor.stopped:
                yield from self.observer.evaluate_last(self.iteration)
            yield from self.states.checkpoint()
        return "stopped" if conductor.stopped else "finished"

    def _fail(self, iteration: int, sentence: str) -> Iterator[Event]:
        """End in an orderly way with the last good state, which lies in memory and needs no device."""
        snapshot = self.states.last_good()
        kept = snapshot.iteration
        yield Trouble(iteration, f"{sentence} The state of iteration {kept} is kept.")
        yield Checkpoint(kept, snapshot)
        yield Finished(kept, "failed")

    def _started(self, target: int) -> Started:
        return Started(
            iteration=self.iteration,
            target_iteration=target,
            device=str(self.device),
            device_title=devices.title(self.device, self.threads),
            sample_shape=self.dataset.sample_shape,
            dataset_size=len(self.dataset),
            generator_parameters=sum(p.numel() for p in self.players.generator.parameters()),
            critic_parameters=sum(p.numel() for p in self.players.critic.parameters()),
            real=draw_real(
                self.experiment, self.players.loader, self.dataset.sample_shape, self.observer.fixed_labels
            ),
            modes=self.dataset.modes,
            skipped=self.dataset.skipped,
            held_out_size=len(self.held_out) if self.held_out else 0,
        )
