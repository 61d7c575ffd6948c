"""What follows from several settings together, for the engine and the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.data import DATASETS
from ganstudio.networks import NETWORKS, NORMS

if TYPE_CHECKING:
    from ganstudio.experiment.model import Experiment


def is_conditional(experiment: Experiment) -> bool:
    """Whether the networks are told the classes of samples."""
    return experiment.conditioning.kind == "class" and "labels" in DATASETS[experiment.data.source].traits


def crosses_batch(experiment: Experiment) -> bool:
    """Whether the critic's score of a sample depends on the others of its batch."""
    critic = experiment.critic
    norm = NORMS[critic.norm] if "norm" in NETWORKS[critic.kind].traits else NORMS["none"]
    return "across-batch" in norm.traits or critic.minibatch_deviation or critic.minibatch_discrimination
