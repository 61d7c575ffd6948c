"""The groups of settings that say what plays: latents, objective and Lipschitz control."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationInfo, field_validator

from ganstudio.data import DATASETS
from ganstudio.experiment.choices import LATENTS, SIDES
from ganstudio.experiment.fields import META, Setting, Settings, setting
from ganstudio.objectives import OBJECTIVES
from ganstudio.regularizers import LIPSCHITZ, PLACES

IMAGES = {"data.source": DATASETS.with_trait("images")}
POINTS = {"data.source": DATASETS.with_trait("points")}


class Group(Settings):
    """A group of settings whose choices are checked against their registries."""

    @field_validator("*", mode="after")
    @classmethod
    def _is_a_known_choice(cls, value: Any, info: ValidationInfo) -> Any:
        extra = cls.model_fields[info.field_name or ""].json_schema_extra
        meta: Any = extra.get(META) if isinstance(extra, dict) else None
        if isinstance(meta, Setting) and meta.choices is not None and value not in meta.choices:
            raise ValueError(f"must be one of {', '.join(meta.choices)}; {value!r} is not known")
        return value


class LatentSettings(Group):
    """The noise z that the generator turns into samples."""

    dimension: int = setting(
        64, title="Latent dimension", ge=1, le=4096, help="How many random numbers z one sample starts from."
    )
    distribution: str = setting(
        "normal", title="Latent distribution", choices=LATENTS, help="What z is drawn from."
    )


class ObjectiveSettings(Group):
    """What generator and critic minimise."""

    kind: str = setting(
        "wasserstein", title="Objective", choices=OBJECTIVES, help="What generator and critic minimise."
    )
    real_target: float = setting(
        1.0,
        title="Target for real samples",
        gt=0.5,
        le=1,
        live=True,
        advanced=True,
        source="Salimans et al. 2016, section 3.4: 0.9",
        help="One-sided label smoothing: the critic is asked to call real samples real with this probability "
        "instead of 1, so it cannot become too sure; generated samples keep the target 0. 1 switches it off.",
        shown_when={".kind": OBJECTIVES.with_trait("classic")},
    )


class LipschitzSettings(Group):
    """What keeps the critic's slope in bounds."""

    kind: str = setting(
        "gradient-penalty",
        title="Lipschitz control",
        choices=LIPSCHITZ,
        help="What keeps the critic's slope in bounds.",
    )
    place: str = setting(
        "interpolates",
        title="Penalty place",
        choices=PLACES,
        help="At which points the critic's gradient norm is priced.",
        shown_when={".kind": LIPSCHITZ.with_trait("target")},
    )
    weight: float = setting(
        10.0,
        title="Penalty weight lambda",
        ge=0,
        le=1e6,
        live=True,
        source="Gulrajani et al. 2017, section 4: 10; Mescheder et al. 2018, section 6: gamma = 10",
        help="How much the penalty counts against the critic's loss (gamma of R1 and R2). Small values let "
        "the gradient norms drift from the target.",
        shown_when={".kind": LIPSCHITZ.with_trait("penalty")},
    )
    target: float = setting(
        1.0,
        title="Target norm",
        gt=0,
        le=1e4,
        live=True,
        shown_when={".kind": LIPSCHITZ.with_trait("target")},
        help="The gradient norm that the penalty pulls towards; 1 makes the critic's value a "
        "distance in the data's own units.",
    )
    side: str = setting(
        "two-sided",
        title="Penalty side",
        choices=SIDES,
        live=True,
        shown_when={".kind": LIPSCHITZ.with_trait("target")},
        help="Whether norms below the target are penalised too.",
    )
    every: int = setting(
        1,
        title="Penalty every",
        unit="critic steps",
        ge=1,
        le=1000,
        live=True,
        usual=(1, 16),
        advanced=True,
        source="Karras et al. 2020 (StyleGAN2), section 3.1 and appendix B: 16",
        help="Takes the penalty only in every k-th critic step, with k times its weight, which saves much of "
        "its time. StyleGAN2 also corrects Adam's settings, because it takes an extra step for the penalty; "
        "here penalty and loss share one step, so nothing else is to be corrected.",
        shown_when={".kind": LIPSCHITZ.with_trait("penalty")},
    )
    clip: float = setting(
        0.01,
        title="Clip bound c",
        gt=0,
        le=100,
        live=True,
        source="Arjovsky et al. 2017, algorithm 1: 0.01",
        help="Every critic weight and bias is kept within -c and c, except the gains and shifts of "
        "normalisation layers, which would be switched off by it.",
        shown_when={".kind": ("weight-clipping",)},
    )
