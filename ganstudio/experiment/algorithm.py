"""The algorithm of an experiment, line by line, as in Gulrajani et al. 2017, algorithm 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ganstudio.experiment.choices import OPTIMIZERS
from ganstudio.experiment.formula import formulas, penalty_text
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.reading import norms_place
from ganstudio.experiment.training_groups import OptimizerSettings
from ganstudio.regularizers import PLACES


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
    critic, _ = formulas(experiment)
    objective = [t.text for t in critic.terms if t.scalar in {"critic_real_term", "critic_fake_term"}]
    steps = [
        ("draw_data", f"draw {batch} real samples x"),
        ("draw_latents", f"draw {batch} latents z"),
        ("generate", "make samples G(z)"),
        ("score_real", "score the real: D(x)"),
        ("score_fake", "score the generated: D(G(z))"),
        ("objective", f"L_D <- {' '.join(objective).removeprefix('+ ')}"),
    ]
    if penalty := penalty_text(experiment):
        place = PLACES[norms_place(experiment)].formula.split(",  ")[0]
        where = f" at {place}" if "x^" in penalty else ""
        often = f" (every {lipschitz.every} steps)" if lipschitz.every > 1 else ""
        steps.append(("penalty", f"L_D <- L_D + {penalty}{where}{often}"))
    steps += [
        ("backward", "gradient of L_D by the weights w"),
        ("update", f"w <- {_update(experiment.critic_optimizer, 'w')}"),
    ]
    if lipschitz.kind == "weight-clipping":
        steps.append(("clip", f"w <- clip(w, -{lipschitz.clip:g}, {lipschitz.clip:g})"))
    return [Line("critic", stage, text) for stage, text in steps]


def _generator(experiment: Experiment) -> list[Line]:
    batch = experiment.schedule.batch_size
    _, generator = formulas(experiment)
    matches = experiment.techniques.feature_matching
    steps = [
        ("draw_latents", f"draw {batch} latents z"),
        ("generate", "make samples G(z)"),
        ("draw_data", f"draw {batch} real samples x") if matches else ("score_fake", "score them: D(G(z))"),
        ("objective", f"L_G <- {generator.terms[0].text.removeprefix('+ ')}"),
        ("backward", "gradient of L_G by the weights v"),
        ("update", f"v <- {_update(experiment.generator_optimizer, 'v')}"),
    ]
    return [Line("generator", stage, text) for stage, text in steps]


def _update(settings: OptimizerSettings, weights: str) -> str:
    return f"{OPTIMIZERS[settings.kind].title}({weights}, gradient, {settings.learning_rate:g})"
