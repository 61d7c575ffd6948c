"""The running objective as a sum of terms, each with the scalar that holds its value.

This is what a person reads while training: L_D = E[D(G(z))] - E[D(x)] + lambda E[(||grad D(x^)|| - 1)^2],
with a number under each term. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Literal

from ganstudio.experiment.reading import is_penalised
from ganstudio.objectives import OBJECTIVES
from ganstudio.regularizers import LIPSCHITZ

if TYPE_CHECKING:
    from ganstudio.experiment.model import Experiment

Network = Literal["critic", "generator"]


@dataclass(frozen=True)
class Term:
    """One term: ``sign`` and ``text`` as written; its value is ``scale`` times a scalar of the metrics.

    The loss is the sum of sign times value. The scalar is NaN where the term was no part of the step, as a
    penalty that is taken only every k-th time.
    """

    text: str
    scalar: str  # a name of engine.events.SCALARS
    sign: int = 1  # 1 or -1
    scale: float = 1.0

    def value(self, scalars: Mapping[str, float]) -> float:
        """The term's value, its sign left out; NaN where it is not known."""
        return self.scale * scalars.get(self.scalar, nan)


@dataclass(frozen=True)
class Formula:
    """What one network minimises; ``constants`` are the letters in the terms with their values."""

    name: str  # "L_D" or "L_G"
    loss: str  # the scalar of the whole
    terms: tuple[Term, ...]
    constants: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """The formula in one line."""
        first, *rest = self.terms
        line = ("-" if first.sign < 0 else "") + first.text
        for term in rest:
            line += (" - " if term.sign < 0 else " + ") + term.text
        return f"{self.name} = {line}"


# Objective -> texts of the critic's terms of generated and of real samples, in the order of writing. Those of
# a Wasserstein critic are the mean scores themselves.
CRITIC = {
    "minimax": ("E[softplus(D(G(z)))]", "E[softplus(-D(x))]"),
    "non-saturating": ("E[softplus(D(G(z)))]", "E[softplus(-D(x))]"),
    "wasserstein": ("E[D(G(z))]", "E[D(x)]"),
    "hinge": ("E[max(0, 1 + D(G(z)))]", "E[max(0, 1 - D(x))]"),
    "least-squares": ("E[D(G(z))^2] / 2", "E[(D(x) - 1)^2] / 2"),
}
SMOOTHED = "E[alpha softplus(-D(x)) + (1 - alpha) softplus(D(x))]"
# Objective -> sign and text of the generator's only term.
GENERATOR = {
    "minimax": (-1, "E[softplus(D(G(z)))]"),
    "non-saturating": (1, "E[softplus(-D(G(z)))]"),
    "wasserstein": (-1, "E[D(G(z))]"),
    "hinge": (-1, "E[D(G(z))]"),
    "least-squares": (1, "E[(D(G(z)) - 1)^2] / 2"),
}
POINTS = {"interpolates": "x^", "real": "x", "fake": "G(z)", "dragan": "x~"}
# Written -> drawn, for rich text; longer ones first.
SIGNS = {
    "lambda": "&lambda;",
    "gamma": "&gamma;",
    "alpha": "&alpha;",
    "theta": "&theta;",
    "beta": "&beta;",
    "mu": "&mu;",
    "grad ": "&nabla;",
    "||": "&#8214;",
    "^2": "<sup>2</sup>",
    "^T": "<sup>T</sup>",
    "x^": "<b>x&#770;</b>",  # many a regular font lacks the hat over x; bold is how vectors are written
    "x~": "x&#771;",
    "<-": "&larr;",
    "eps ": "&epsilon; ",
    "eps)": "&epsilon;)",
    "L_D": "L<sub>D</sub>",
    "L_G": "L<sub>G</sub>",
    "_D": "<sub>D</sub>",
    "_G": "<sub>G</sub>",
    "-": "&minus;",
}


def formula(experiment: Experiment, network: Network) -> Formula:
    """What the network minimises in this experiment."""
    makers = (_critic, _penalty, _prices) if network == "critic" else (_generator, _prices)
    parts = [part for maker in makers for part in maker(experiment, network)]
    terms = tuple(part for part in parts if isinstance(part, Term))
    constants = tuple(part for part in parts if not isinstance(part, Term))
    return Formula("L_D" if network == "critic" else "L_G", f"{network}_loss", terms, constants)


def rich(text: str) -> str:
    """A formula's or term's text as the rich text that Qt draws."""
    for written, drawn in SIGNS.items():
        text = text.replace(written, drawn)
    return text


Part = Term | tuple[str, float]


def _critic(experiment: Experiment, _network: Network) -> Iterator[Part]:
    kind, alpha = experiment.objective.kind, experiment.objective.real_target
    traits = OBJECTIVES[kind].traits
    on_fake, on_real = CRITIC.get(kind, ("generated samples' term", "real samples' term"))
    if "wasserstein" in traits:
        yield Term(on_fake, "critic_fake_mean")
        yield Term(on_real, "critic_real_mean", -1)
        return
    is_smoothed = alpha < 1 and "classic" in traits
    yield Term(SMOOTHED if is_smoothed else on_real, "critic_real_term")
    if is_smoothed:
        yield "alpha", alpha
    yield Term(on_fake, "critic_fake_term")


def _penalty(experiment: Experiment, _network: Network) -> Iterator[Part]:
    lipschitz = experiment.lipschitz
    if not is_penalised(experiment):
        return
    traits = LIPSCHITZ[lipschitz.kind].traits
    often = "k " if lipschitz.every > 1 else ""
    if "target" in traits:
        off = f"||grad D({POINTS.get(lipschitz.place, lipschitz.place)})|| - {lipschitz.target:g}"
        off = f"max(0, {off})" if lipschitz.side == "one-sided" else f"({off})"
        text, letter = f"{often}lambda E[{off}^2]", "lambda"
    else:
        text = f"{often}gamma / 2 E[||grad D({'x' if 'at-real' in traits else 'G(z)'})||^2]"
        letter = "gamma"
    yield Term(text, "gradient_penalty", scale=lipschitz.every)
    yield letter, lipschitz.weight
    if often:
        yield "k", float(lipschitz.every)


def _generator(experiment: Experiment, _network: Network) -> Iterator[Part]:
    if experiment.techniques.feature_matching:
        yield Term("||E[f(x)] - E[f(G(z))]||^2", "generator_objective")
        return
    sign, text = GENERATOR.get(experiment.objective.kind, (1, "generated samples' term"))
    yield Term(text, "generator_objective", sign, scale=sign)


def _prices(experiment: Experiment, network: Network) -> Iterator[Part]:
    letter = "D" if network == "critic" else "G"
    if experiment.techniques.historical_averaging:
        yield Term(f"mu ||theta_{letter} - mean theta_{letter}||^2", f"{network}_history")
        yield "mu", experiment.techniques.historical_weight
    weight = experiment.critic.orthogonal_weight if letter == "D" else experiment.generator.orthogonal_weight
    if weight:
        yield Term("beta ||W W^T - diag(W W^T)||^2", f"{network}_likeness")
        yield "beta", weight
