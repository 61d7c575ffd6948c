"""The two networks with everything that their steps work with."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from ganstudio.data.loader import Batch, BatchLoader
from ganstudio.engine import ahead
from ganstudio.engine.ahead import Ahead, Buffers, Made, Stock
from ganstudio.engine.build import draw_latents
from ganstudio.engine.crew import Alone, Crew, share_of
from ganstudio.engine.devices import has_fast_bfloat16
from ganstudio.engine.ema import MovingAverage
from ganstudio.engine.events import Stage
from ganstudio.engine.lanes import Inline, Lane
from ganstudio.engine.learning_rate import set_learning_rate
from ganstudio.engine.turn import Turn
from ganstudio.experiment.conditions import crosses_batch
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.reading import is_penalised, norms_place
from ganstudio.networks.closed_form import ClosedForm, HasClosedForm, Place
from ganstudio.objectives import OBJECTIVES
from ganstudio.objectives.label_smoothing import smoothed_real_term
from ganstudio.objectives.protocol import Objective
from ganstudio.regularizers import LIPSCHITZ, PLACES
from ganstudio.regularizers.historical_averaging import HistoricalAverage
from ganstudio.regularizers.instance_noise import add_noise, noise_std
from ganstudio.regularizers.interpolates import Critic
from ganstudio.regularizers.orthogonal import Filters
from ganstudio.regularizers.protocol import HasDerivative, Penalty
from ganstudio.regularizers.weight_clipping import clippable


@dataclass
class Players:
    """Everything that a step works with. ``experiment`` is replaced when a live setting is edited."""

    experiment: Experiment
    generator: nn.Module
    critic: nn.Module
    generator_optimizer: torch.optim.Optimizer
    critic_optimizer: torch.optim.Optimizer
    loader: BatchLoader
    latents: torch.Generator
    eps: torch.Generator
    noise: torch.Generator
    labels: torch.Generator
    device: torch.device
    iteration: int = 0  # completed generator updates
    critic_steps: int = 0  # completed critic steps of all iterations
    crew: Crew = field(default_factory=Alone)
    lane: Lane = field(default_factory=Inline)

    def __post_init__(self) -> None:
        experiment = self.experiment
        self.share = share_of(
            experiment.schedule.batch_size, self.crew.size
        )  # this process's part of a batch
        self.objective: Objective = OBJECTIVES[experiment.objective.kind].load()
        penalised = is_penalised(experiment)
        self.penalty: Penalty | None = LIPSCHITZ[experiment.lipschitz.kind].load() if penalised else None
        # Processes that draw for one another draw apart from what they compute.
        knows = isinstance(self.penalty, HasDerivative) and self.crew.size == 1
        self.penalty_derived = self.penalty.derived if knows else None  # type: ignore[union-attr]
        precision = experiment.precision.kind
        self.is_mixed = precision == "bfloat16" or (
            precision == "automatic" and has_fast_bfloat16(self.device)
        )
        self.critic_weights = tuple(self.critic.parameters())
        self.clippable = clippable(self.critic)
        self.closed_form = None if self.is_mixed else closed_form_of(self.critic)
        self.scores_alone = not crosses_batch(experiment)
        self.generator_filters = Filters(self.generator)
        self.critic_filters = Filters(self.critic)
        historical = experiment.techniques.historical_averaging
        self.generator_history = HistoricalAverage(self.generator) if historical else None
        self.critic_history = HistoricalAverage(self.critic) if historical else None
        self.average = MovingAverage(self.generator) if experiment.ema.decay else None
        self.turn = Turn()
        self.is_fed = False  # whether somebody else sets the turn, and ``begin`` leaves it alone
        self.is_full_speed = False  # whether the next step follows without anybody looking at its stages
        self._place: tuple[str, Place] | None = None  # of the penalty, and its name
        self._stock = Stock(self._draw_latents, lambda: self.latents)
        self._ahead: deque[Ahead] = deque()  # samples of the next steps
        self._buffers: Buffers | None = None  # the generator's
        self._made: Made | None = None  # those of this one, between its first two stages
        self._give_back: Callable[[Tensor], None] | None = None  # what they need no graph for

    @property
    def shown_generator(self) -> nn.Module:
        """The generator that samples are drawn from: the moving average where there is one."""
        return self.generator if self.average is None else self.average.network

    @property
    def prices_weights(self) -> bool:
        """Whether the critic's loss has terms that read its weights instead of its scores."""
        return self.critic_history is not None or bool(self.experiment.critic.orthogonal_weight)

    @property
    def prices_generator(self) -> bool:
        """Whether the generator's loss has terms that read its weights instead of its samples' scores."""
        return self.generator_history is not None or bool(self.experiment.generator.orthogonal_weight)

    @property
    def penalty_place(self) -> Place:
        """What chooses the points at which the penalty takes the critic's gradient."""
        name = norms_place(self.experiment)
        if self._place is None or self._place[0] != name:
            self._place = name, PLACES[name].load()
        return self._place[1]

    @property
    def penalty_is_due(self) -> bool:
        """Whether the next critic step takes the penalty: every k-th, and k = 1 is each."""
        every = self.experiment.lipschitz.every
        return self.penalty is not None and (self.critic_steps + 1) % every == 0

    def open_critic(self, *, learns: bool) -> None:
        """Let the critic's weights take a gradient or, where it is passed through, not."""
        for weight in self.critic_weights:
            weight.requires_grad_(learns)

    def begin(self, network: Stage) -> None:
        """Do what the host has to do for a step of that network; the device does the rest."""
        if not self.is_fed:
            self.turn = self.next_turn(network)

    def next_turn(self, network: Stage) -> Turn:
        """Decide which samples the next step sees, and set the numbers that change from step to step."""
        experiment, techniques = self.experiment, self.experiment.techniques
        critic = network == "critic"
        optimizer = self.critic_optimizer if critic else self.generator_optimizer
        settings = experiment.critic_optimizer if critic else experiment.generator_optimizer
        set_learning_rate(optimizer, settings, self.iteration)
        if (history := self.critic_history if critic else self.generator_history) is not None:
            history.count_on()
        fades = techniques.instance_noise
        return Turn(
            portion=self.loader.next_portion() if critic or techniques.feature_matching else (),
            noise=noise_std(techniques.noise_std, techniques.noise_over, self.iteration) if fades else 0.0,
        )

    def next_batch(self) -> Batch:
        """The batch of this turn."""
        return self.loader.batch_of(self.turn.portion)

    def draw_latents(self) -> Tensor:
        """A fresh batch of latents z."""
        if not self._ahead:
            return self._stock.next()
        self._made = self._ahead.popleft().take()
        return self._made.latents

    def draw_labels(self) -> Tensor | None:
        """Labels (N,) of a fresh batch, as frequent as in the data; None without classes."""
        return self.crew.own(lambda: self.loader.draw_labels(self.share, self.labels))

    def generate(self, z: Tensor, labels: Tensor | None, *, may_be_bare: bool = False) -> Tensor:
        """G(z), or G(z, y) with labels y (N,); maybe without graph, where only ``pass_back`` follows."""
        made, self._made = self._made, None
        self._give_back = None  # of a step that was left
        if made is None or made.latents is not z:
            return self._samples_of(z, labels)
        if torch.is_grad_enabled():
            if not may_be_bare or made.give_back is None:
                return made.with_graph()
            self._give_back = made.give_back
        return made.samples

    def pass_back(self, fake: Tensor, by_fake: Tensor) -> None:
        """Give the generator's weights their gradients from that by the samples that it has just made."""
        give_back, self._give_back = self._give_back, None
        if give_back is None:
            fake.backward(by_fake)  # type: ignore[no-untyped-call]
        else:
            give_back(by_fake)

    def begin_next(self) -> None:
        """Let the other core make the samples of the next step, where there is one and no label is asked."""
        if self._may_begin:
            if self._buffers is None or self._buffers.generator is not self.generator:
                self._buffers = Buffers(self.generator)  # it takes long to find them
            self._ahead.append(Ahead(self.lane, self._fresh_samples, self._stock, self._buffers))

    def begin_stock(self) -> None:
        """Let the other core draw the latents of the next iteration, which no network has to be known for."""
        if self._may_begin:
            self._stock.begin(self.lane, self.experiment.schedule.n_critic + 1)

    @property
    def coming(self) -> Ahead | None:
        """The samples that the other core makes for this step, until they are taken."""
        return self._ahead[0] if self._ahead and self.is_full_speed else None

    def take_back(self) -> None:
        """Undo what was begun of the next step, so that the state is the algorithm's between two steps."""
        while self._ahead:
            self._ahead.pop().take_back()  # the last first, and then nothing of the other core is under way
        self._stock.take_back()

    def score(self, x: Tensor, labels: Tensor | None) -> Tensor:
        """The critic's raw scores D(x), or D(x, y) with labels y: shape (N,)."""
        if self.closed_form is not None:
            return self.closed_form(x)
        with self._autocast():
            scores: Tensor = self.critic(x, labels)
        return scores.to(x.dtype)

    def score_both(self, real: Tensor, fake: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """The critic's raw scores of real and of generated samples, which have the same labels.

        Both are asked for at once, unless that would mix real with generated.
        """
        if self.scores_alone:
            twice = None if labels is None else torch.cat((labels, labels))
            real_scores, fake_scores = self.score(torch.cat((real, fake)), twice).chunk(2)
            return real_scores, fake_scores
        return self.score(real, labels), self.score(fake, labels)

    def critic_of(self, labels: Tensor | None) -> Critic:
        """The critic as a function of samples alone, with the labels of their batch."""
        return self.closed_form or (lambda x: self.critic(x, labels))  # type: ignore[return-value]

    def features(self, x: Tensor) -> Tensor:
        """The critic's last hidden layer f(x) (N, F)."""
        with self._autocast():
            features: Tensor = self.critic.features(x)  # type: ignore[operator]  # every critic has them
        return features.to(x.dtype)

    def real_term(self, real: Tensor) -> Tensor:
        """The objective's term of real samples from scores (N,), with smoothed labels where they are set."""
        target = self.experiment.objective.real_target
        if target < 1 and "classic" in OBJECTIVES[self.experiment.objective.kind].traits:
            return smoothed_real_term(real, target)
        return self.objective.real_term(real)

    def fake_term(self, fake: Tensor) -> Tensor:
        """The objective's term of generated samples from scores (N,)."""
        return self.objective.fake_term(fake)

    def seen(self, x: Tensor) -> Tensor:
        """Samples as the critic sees them: through instance noise where it is on."""
        if not self.experiment.techniques.instance_noise:
            return x
        return self.crew.own(lambda: add_noise(x, self.turn.noise, self.noise))

    def penalty_points(self, real: Tensor, fake: Tensor) -> Tensor:
        """Where the penalty takes the critic's gradient."""
        points: Tensor = self.crew.own(lambda: self.penalty_place(real, fake, self.eps))
        return points

    @property
    def _may_begin(self) -> bool:
        return ahead.enabled and self.is_full_speed and self.lane.is_beside and not self.loader.labelled

    def _draw_latents(self) -> Tensor:
        return self.crew.own(lambda: draw_latents(self.experiment, self.share, self.latents, self.device))

    def _samples_of(self, z: Tensor, labels: Tensor | None) -> Tensor:
        with self._autocast():
            samples: Tensor = self.generator(z, labels)
        return samples.to(z.dtype)

    def _fresh_samples(self) -> Made:
        """Samples without labels; some generators make the graph, which few of them need, only when asked."""
        z = self._stock.next()
        bare = getattr(self.generator, "bare", None)
        with self._autocast():
            found = None if bare is None else bare(z)
        if found is not None:
            return Made(z, *found)
        samples = self._samples_of(z, None)
        return Made(z, samples.detach(), lambda: samples)

    def _autocast(self) -> AbstractContextManager[object]:
        """Mixed precision around one pass of one network; penalties and losses are computed outside of it."""
        return torch.autocast(self.device.type, dtype=torch.bfloat16) if self.is_mixed else nullcontext()


def closed_form_of(critic: nn.Module) -> ClosedForm | None:
    """The critic's scores in closed form, where it has one."""
    return critic.in_closed_form() if isinstance(critic, HasClosedForm) else None
