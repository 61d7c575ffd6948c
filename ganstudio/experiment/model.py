"""The experiment: everything that decides what is trained, as one frozen, validated tree."""

from __future__ import annotations

from pydantic import model_validator

from ganstudio.errors import ExperimentError
from ganstudio.experiment.data_groups import DataSettings
from ganstudio.experiment.fields import Settings, setting
from ganstudio.experiment.groups import LatentSettings, LipschitzSettings, ObjectiveSettings
from ganstudio.experiment.network_groups import ConditioningSettings, CriticSettings, GeneratorSettings
from ganstudio.experiment.training_groups import (
    EmaSettings,
    OptimizerSettings,
    PrecisionSettings,
    ProbeSettings,
    SavingSettings,
    ScheduleSettings,
    TechniqueSettings,
)


class Experiment(Settings):
    """Everything that decides what is trained.

    Equal experiments train to equal weights on the same device.
    """

    name: str = setting(
        "experiment", title="Name", max_length=100, help="What sessions of this experiment are called."
    )
    seed: int = setting(
        0,
        title="Seed",
        ge=0,
        le=2**31 - 1,
        help="Start of every random number: the same seed trains the same weights.",
    )
    data: DataSettings = DataSettings()
    latent: LatentSettings = LatentSettings()
    conditioning: ConditioningSettings = ConditioningSettings()
    generator: GeneratorSettings = GeneratorSettings(norm="batch")
    critic: CriticSettings = CriticSettings(activation="leaky-relu")
    objective: ObjectiveSettings = ObjectiveSettings()
    lipschitz: LipschitzSettings = LipschitzSettings()
    generator_optimizer: OptimizerSettings = OptimizerSettings()
    critic_optimizer: OptimizerSettings = OptimizerSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    techniques: TechniqueSettings = TechniqueSettings()
    ema: EmaSettings = EmaSettings()
    precision: PrecisionSettings = PrecisionSettings()
    probes: ProbeSettings = ProbeSettings()
    saving: SavingSettings = SavingSettings()

    @model_validator(mode="after")
    def _makes_sense(self) -> Experiment:
        from ganstudio.experiment.rules import broken_rules

        if issues := broken_rules(self):
            raise ExperimentError(issues)
        return self


GROUP_TITLES = {
    "": "Run",
    "data": "Data",
    "latent": "Latent",
    "conditioning": "Classes",
    "generator": "Generator",
    "critic": "Critic",
    "objective": "Objective",
    "lipschitz": "Lipschitz control",
    "generator_optimizer": "Generator optimiser",
    "critic_optimizer": "Critic optimiser",
    "schedule": "Schedule",
    "techniques": "Techniques",
    "ema": "Moving average of the generator",
    "precision": "Precision and capture",
    "probes": "Probes",
    "saving": "Saving",
}
