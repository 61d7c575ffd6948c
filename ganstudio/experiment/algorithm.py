"""The algorithm of an experiment, line by line, as in Gulrajani et al. 2017, algorithm 1."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from ganstudio.experiment.choices import OPTIMIZERS
from ganstudio.experiment.formula import Formula, formula
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.reading import is_penalised, norms_place
from ganstudio.experiment.training_groups import OptimizerSettings
from ganstudio.regularizers import PLACES

# What is added to the critic's objective.
PRICES = {"gradient_penalty", "critic_history", "critic_likeness"}


@dataclass(frozen=True)
class Line:
    """What one stage of a step does; ``stage`` is a name of engine.events.STAGES."""

    network: Literal["critic", "generator"]
    stage: str
    text: str


def lines(experiment: Experiment) -> tuple[Line, ...]:
    """All lines of a critic step and then of a generator step, in the order in which they happen."""
    return (*_critic(experiment), *_generator(experiment))


def _critic(experiment: Experiment) -> list[Line]:
    batch, lipschitz = experiment.schedule.batch_size, experiment.lipschitz
    whole = formula(experiment, "critic")
    steps = [
        ("draw_data", f"draw {batch} real samples x"),
        ("draw_latents", f"draw {batch} latents z"),
        ("generate", "make samples G(z)"),
        ("score_real", "score the real: D(x)"),
        ("score_fake", "score the generated: D(G(z))"),
        ("objective", f"L_D <- {_sum(whole, PRICES, within=False)}"),
    ]
    if is_penalised(experiment):
        place = PLACES[norms_place(experiment)].formula.split(",  ")[0]
        penalty = _sum(whole, {"gradient_penalty"}, within=True)
        where = f" at {place}" if "x^" in penalty else ""
        numbers = ", ".join(f"{letter} = {value:g}" for letter, value in whole.constants)
        steps.append(("penalty", f"L_D <- L_D + {penalty}{where}, {numbers}"))
    steps += [
        ("backward", "gradient of L_D by the weights w"),
        ("update", f"w <- {_update(experiment.critic_optimizer, 'w')}"),
    ]
    if lipschitz.kind == "weight-clipping":
        steps.append(("clip", f"w <- clip(w, -{lipschitz.clip:g}, {lipschitz.clip:g})"))
    return [Line("critic", stage, text) for stage, text in steps]


def _generator(experiment: Experiment) -> list[Line]:
    batch = experiment.schedule.batch_size
    whole = formula(experiment, "generator")
    matches = experiment.techniques.feature_matching
    steps = [
        ("draw_latents", f"draw {batch} latents z"),
        ("generate", "make samples G(z)"),
        ("draw_data", f"draw {batch} real samples x") if matches else ("score_fake", "score them: D(G(z))"),
        ("objective", f"L_G <- {_sum(whole, {'generator_objective'}, within=True)}"),
        ("backward", "gradient of L_G by the weights v"),
        ("update", f"v <- {_update(experiment.generator_optimizer, 'v')}"),
    ]
    return [Line("generator", stage, text) for stage, text in steps]


def _sum(whole: Formula, scalars: Collection[str], *, within: bool) -> str:
    """The terms whose scalars are among these, or are not, as a sum."""
    terms = tuple(term for term in whole.terms if (term.scalar in scalars) == within)
    return replace(whole, terms=terms).text.removeprefix(f"{whole.name} = ")


def _update(settings: OptimizerSettings, weights: str) -> str:
    return f"{OPTIMIZERS[settings.kind].title}({weights}, gradient, {settings.learning_rate:g})"
