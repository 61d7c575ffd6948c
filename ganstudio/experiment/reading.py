"""How the figures of an experiment are to be read: what they are pulled towards and where they are taken.

It says also which of them have no meaning, and why.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from ganstudio.objectives import OBJECTIVES
from ganstudio.regularizers import LIPSCHITZ

if TYPE_CHECKING:
    from ganstudio.experiment.model import Experiment

# Why an objective has no total loss, by its name.
NO_TOTAL = {
    "minimax": "The generator maximises what the critic minimises, so the sum of both losses says nothing "
    "about the generator.",
    "wasserstein": "Both losses hold the scores of generated samples with opposite signs, so in their sum "
    "they cancel and it says nothing about the generator; read the Wasserstein estimate.",
    "hinge": "The generator's loss is a mean of scores without a lower bound, and a sum with it cannot be "
    "read as better or worse.",
}


def why_no_total(experiment: Experiment) -> str:
    """Say in one sentence why L_D + L_G has no meaning in this experiment; "" where it has one."""
    if experiment.techniques.feature_matching:
        return (
            "With feature matching the generator's loss is a distance between features, which cannot be "
            "added to the critic's loss."
        )
    return NO_TOTAL.get(experiment.objective.kind, "")


def is_penalised(experiment: Experiment) -> bool:
    """Whether the critic's loss holds a penalty on its gradients."""
    return "penalty" in LIPSCHITZ[experiment.lipschitz.kind].traits


def target_norm(experiment: Experiment) -> float | None:
    """The gradient norm that a penalty pulls towards; None where there is no penalty."""
    if not is_penalised(experiment):
        return None
    has_target = "target" in LIPSCHITZ[experiment.lipschitz.kind].traits
    return experiment.lipschitz.target if has_target else 0.0


def norms_place(experiment: Experiment) -> str:
    """Where gradient norms are taken, a name of PLACES: where the penalty is, or at interpolates."""
    traits = LIPSCHITZ[experiment.lipschitz.kind].traits
    if "target" in traits:
        return experiment.lipschitz.place
    if "at-real" in traits:
        return "real"
    return "fake" if "at-fake" in traits else "interpolates"


def fair_levels(experiment: Experiment) -> dict[str, float]:
    """Values of the losses where real and generated samples cannot be told apart, by scalar, where known.

    The classic critic then says sigmoid(D) = alpha / 2 with the target alpha for real samples, 1 without
    label smoothing: L_D = -alpha ln(alpha / 2) - (2 - alpha) ln(1 - alpha / 2), which is 2 ln 2 without
    smoothing, and the generator's loss is -ln(alpha / 2) or, saturating, ln(1 - alpha / 2). The least-squares
    critic says 1/2. The penalties are not part of these values.
    """
    levels: dict[str, float] = {}
    kind = experiment.objective.kind
    if "classic" in OBJECTIVES[kind].traits:
        alpha = experiment.objective.real_target
        levels["critic_loss"] = -alpha * log(alpha / 2) - (2 - alpha) * log(1 - alpha / 2)
        levels["generator_loss"] = log(1 - alpha / 2) if kind == "minimax" else -log(alpha / 2)
    elif kind == "least-squares":
        levels |= {"critic_loss": 1 / 4, "generator_loss": 1 / 8}
    if "wasserstein" in OBJECTIVES[kind].traits:
        levels["wasserstein_estimate"] = 0.0
    if experiment.techniques.feature_matching:
        levels["generator_loss"] = 0.0
    elif levels and not why_no_total(experiment):
        levels["total_loss"] = levels["critic_loss"] + levels["generator_loss"]
    return levels
