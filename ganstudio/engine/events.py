"""What training tells everyone who listens.

Everything in an event lies on the CPU, as numpy arrays and plain values.

This module does not import torch, so the window can know it before torch is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import Modes

FloatArray = NDArray[np.float64]

# Names of the scalars of one iteration, in the order in which they are shown. NaN (null on disk) where one
# does not apply.
SCALARS = (
    "critic_loss",  # as minimised, penalty included, at the last critic step of the iteration
    "generator_loss",
    "wasserstein_estimate",  # E[D(x)] - E[D(G(z))] without the penalty; only for Wasserstein objectives
    "gradient_penalty",  # lambda times the mean penalty
    "gradient_norm_mean",  # mean ||grad D|| where the penalty is taken, or at interpolates
    "total_loss",  # L_D + L_G, only where it can be read as one figure
    "generator_gradient_norm",  # of the generator's loss by all its weights, before gradient clipping
    "critic_real_mean",  # E[D(x)], as the four below at the last critic step of the iteration
    "critic_fake_mean",  # E[D(G(z))]
    "critic_real_term",  # the objective's term of real samples
    "critic_fake_term",  # the objective's term of generated samples
    "critic_history",  # the price of historical averaging
    "critic_likeness",  # the price of orthogonal regularisation
    "generator_objective",  # the generator's loss without the two prices below, where there is one
    "generator_history",
    "generator_likeness",
    "negative_critic_loss_training",  # without penalty, in evaluation mode; of a batch of the training data
    "negative_critic_loss_held_out",  # the same of held-out data and the same generated samples
)

# Words by which a Trouble says that the numbers failed, not the machine.
NON_FINITE = "became infinite or NaN"

State = Literal["running", "paused"]
# Why training ended: the asked number of iterations was reached, a person stopped it, or something went
# wrong.
Reason = Literal["finished", "stopped", "failed"]
Stage = Literal["critic", "generator"]

# The stages of a step, in about the order in which an iteration passes them, and what happens there.
STAGES = {
    "draw_data": "A batch x is drawn from the data.",
    "draw_latents": "A batch of noise z is drawn.",
    "generate": "The generator turns noise into samples G(z).",
    "score_real": "The critic scores the real samples: D(x).",
    "score_fake": "The critic scores the generated samples: D(G(z)).",
    "objective": "The scores make the objective.",
    "penalty": "The critic's gradient norms at points x^ make the penalty.",
    "backward": "The loss is followed back to every weight: its gradient.",
    "update": "The optimiser moves the weights along their gradient.",
    "clip": "The critic's weights are clamped to [-c, c].",
}

SAVE_ELSEWHERE = "save elsewhere"  # remedy of trouble: go on in another folder


@dataclass(frozen=True)
class Event:
    """Base of all events; ``iteration`` counts completed generator updates."""

    iteration: int


@dataclass(frozen=True)
class Started(Event):
    """Training begins or goes on. Parameter counts are of trainable parameters."""

    target_iteration: int
    device: str  # for example "cpu" or "cuda:0"
    device_title: str  # for example "CPU (1 thread)" or "NVIDIA H200, 139 GiB (cuda:0)"
    sample_shape: tuple[int, ...]
    dataset_size: int
    generator_parameters: int
    critic_parameters: int
    real: NDArray[np.float32]  # real samples to show beside generated ones: NCHW in [-1, 1], or (N, 2)
    modes: Modes | None
    skipped: tuple[tuple[str, str], ...]
    held_out_size: int = 0  # samples that training never sees; beside dataset_size, not part of it


@dataclass(frozen=True)
class Metrics(Event):
    """Scalars of K consecutive iterations.

    ``seconds`` is training time since iteration 0, pauses left out.
    """

    iterations: NDArray[np.int64]  # (K,), ends with ``iteration``
    seconds: FloatArray  # (K,)
    values: Mapping[str, FloatArray]  # each (K,); names from SCALARS; NaN where it does not apply


@dataclass(frozen=True)
class GradientNorms(Event):
    """Norms ||grad D(x^)||_2 (N,) at points of one batch, and the norm that a penalty pulls towards.

    ``place`` says which points: a name of ganstudio.regularizers.PLACES, the penalty's where there is one.
    ``points`` are the points of the first 256 norms at most, NCHW in about [-1, 1] or (N, 2); they are not
    kept in a session.
    """

    norms: NDArray[np.float32]
    target: float | None
    place: str = "interpolates"
    points: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Measured(Event):
    """What a probe saw: named arrays, which its module describes.

    ``probe`` is a name of ganstudio.probes.PROBES.
    """

    probe: str
    arrays: Mapping[str, NDArray[Any]]


# The fact of figures that a person asked for: they may be of more samples than those taken while training, so
# they are not put into one line with them.
ON_REQUEST = "on_request"


@dataclass(frozen=True)
class Evaluated(Event):
    """Figures of quality, and what they were computed from.

    Names of ``figures`` are those of ganstudio.metrics.FIGURES; a figure that cannot be computed is left out.
    ``facts`` is plain JSON: sample counts, split, seed, definition of the features, machine.
    """

    figures: Mapping[str, float]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class EvaluationDue(Event):
    """It is time to judge images: the weights and buffers of the generator that samples are shown from.

    ``ganstudio.evaluation.beside`` takes it out of the stream and puts an Evaluated in when there is one.
    """

    weights: Mapping[str, NDArray[Any]]
    is_last: bool = False  # of this training


@dataclass(frozen=True)
class Samples(Event):
    """Samples of the generator from the fixed latents: NCHW in [-1, 1] or (N, 2)."""

    generated: NDArray[np.float32]


@dataclass(frozen=True)
class StateChanged(Event):
    """Training runs or is paused.

    ``stage`` is what the next step updates, ``critic_step`` how many critic steps of this iteration are done.
    """

    state: State
    stage: Stage
    critic_step: int


@dataclass(frozen=True)
class StageReached(Event):
    """In slow motion and in single steps: a step has come this far.

    ``stage`` is a name of STAGES, ``network`` the one that the step updates, ``critic_step`` how many critic
    steps of this iteration are done. ``values`` by stage, of float32 or float64: draw_data ``real``,
    draw_latents ``latents``, generate ``fake`` (the first 16 samples each, as the critic sees them);
    score_real and score_fake ``scores`` (the first 256) and ``mean``; objective the critic's ``real_term``
    and ``fake_term``, and ``loss``; penalty ``points`` (16), ``norms`` (256), ``penalty`` (lambda times the
    mean) and ``loss``; backward ``loss`` with all terms and the generator's ``gradient_norm``. Scalars have
    no dimensions.
    """

    stage: str
    network: Stage
    critic_step: int
    values: Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Edited(Event):
    """A live setting was changed between two steps."""

    path: str
    old: Any
    new: Any


@dataclass(frozen=True)
class EditRefused(Event):
    """A live edit was not applied, and why."""

    path: str
    sentence: str


@dataclass(frozen=True)
class Snapshot:
    """The whole state of training between two steps, copied to memory.

    ``tensors`` maps a file's name (generator, critic, generator_optimizer, critic_optimizer, random and, in
    the middle of an iteration, last_critic_step) to named arrays. ``numbers`` is plain JSON: counters, the
    position in the data and all else.
    """

    iteration: int
    tensors: Mapping[str, Mapping[str, NDArray[Any]]]
    numbers: Mapping[str, Any]


@dataclass(frozen=True)
class Checkpoint(Event):
    """The state is due to be saved."""

    snapshot: Snapshot


@dataclass(frozen=True)
class Trouble(Event):
    """Something a person should know, in one sentence.

    ``detail`` holds a traceback where it is the program's fault, ``remedy`` what a person can do with one
    click: nothing, or SAVE_ELSEWHERE.
    """

    sentence: str
    detail: str = ""
    fatal: bool = True
    remedy: str = ""


@dataclass(frozen=True)
class Finished(Event):
    """Training ended; a Checkpoint of the state it ended with came before."""

    reason: Reason
