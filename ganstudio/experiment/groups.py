"""The groups of settings of an experiment, each setting declared once."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationInfo, field_validator

from ganstudio.data import DATASETS
from ganstudio.experiment.choices import LATENTS, OPTIMIZERS, SIDES
from ganstudio.experiment.fields import META, Setting, Settings, setting
from ganstudio.networks import ACTIVATIONS, INITIALISATIONS, NETWORKS, NORMS
from ganstudio.objectives import OBJECTIVES
from ganstudio.regularizers import LIPSCHITZ

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


class DataSettings(Group):
    """What the generator learns to imitate."""

    source: str = setting(
        "digits", title="Data set", help="What the generator learns to imitate.", choices=DATASETS
    )
    path: str = setting(
        "",
        title="Folder",
        is_path=True,
        max_length=4096,
        help="The folder or zip of images; for a known data set, the folder that holds it (empty: "
        "the studio's own).",
        shown_when={"data.source": DATASETS.with_trait("path")},
    )
    download: bool = setting(
        default=False,
        title="Download",
        help="Fetch the data set from its authors' address where the folder does not hold it yet.",
        shown_when={"data.source": DATASETS.with_trait("download")},
    )
    size: int = setting(
        8,
        title="Image size",
        unit="px",
        ge=8,
        le=128,
        shown_when=IMAGES,
        help="Images are resized so that the shorter side has this many pixels, then cropped to a "
        "square around the centre.",
    )
    channels: int = setting(
        1, title="Channels", ge=1, le=3, shown_when=IMAGES, help="1 trains on grey images, 3 on colour (RGB)."
    )
    limit: int = setting(
        0,
        title="Images used at most",
        ge=0,
        le=10_000_000,
        shown_when=IMAGES,
        advanced=True,
        help="Train on a random choice of this many images, drawn with the seed; 0 uses all.",
    )
    points: int = setting(
        50_000,
        title="Points",
        ge=100,
        le=10_000_000,
        shown_when=POINTS,
        advanced=True,
        help="How many points are drawn from the distribution as training data.",
    )
    std: float = setting(
        0.05,
        title="Spread",
        gt=0,
        le=1,
        help="Standard deviation of the noise around each mode or curve.",
        shown_when={"data.source": DATASETS.with_trait("spread")},
    )


class LatentSettings(Group):
    """The noise z that the generator turns into samples."""

    dimension: int = setting(
        64, title="Latent dimension", ge=1, le=4096, help="How many random numbers z one sample starts from."
    )
    distribution: str = setting(
        "normal", title="Latent distribution", choices=LATENTS, help="What z is drawn from."
    )


class NetworkSettings(Group):
    """Architecture of one network."""

    kind: str = setting("mlp", title="Network", choices=NETWORKS, help="The family of the network.")
    width: int = setting(
        128,
        title="Width",
        ge=1,
        le=2048,
        help="Units of each hidden layer; for DCGAN the channels of the layer nearest to the image "
        "(64 px in the paper: 128).",
    )
    depth: int = setting(
        3,
        title="Hidden layers",
        ge=1,
        le=32,
        help="Number of hidden layers.",
        shown_when={".kind": NETWORKS.with_trait("depth")},
    )
    activation: str = setting(
        "relu",
        title="Activation",
        choices=ACTIVATIONS,
        help="What bends the output of each hidden layer.",
        shown_when={".kind": NETWORKS.with_trait("activation")},
    )
    norm: str = setting(
        "none", title="Normalisation", choices=NORMS, help="What keeps the scale of hidden values in hand."
    )
    initialisation: str = setting(
        "default",
        title="Initialisation",
        choices=INITIALISATIONS,
        advanced=True,
        help="What the weights start from.",
    )


class ObjectiveSettings(Group):
    """What generator and critic minimise."""

    kind: str = setting(
        "wasserstein", title="Objective", choices=OBJECTIVES, help="What generator and critic minimise."
    )


class LipschitzSettings(Group):
    """What keeps the critic's slope in bounds."""

    kind: str = setting(
        "gradient-penalty",
        title="Lipschitz control",
        choices=LIPSCHITZ,
        help="What keeps the critic's slope in bounds.",
    )
    weight: float = setting(
        10.0,
        title="Penalty weight lambda",
        ge=0,
        le=1e6,
        live=True,
        source="Gulrajani et al. 2017, section 4: 10",
        help="How much the penalty counts against the critic's loss. Small values let the gradient "
        "norms drift from the target.",
        shown_when={".kind": LIPSCHITZ.with_trait("penalty")},
    )
    target: float = setting(
        1.0,
        title="Target norm",
        gt=0,
        le=1e4,
        live=True,
        shown_when={".kind": LIPSCHITZ.with_trait("penalty")},
        help="The gradient norm that the penalty pulls towards; 1 makes the critic's value a "
        "distance in the data's own units.",
    )
    side: str = setting(
        "two-sided",
        title="Penalty side",
        choices=SIDES,
        live=True,
        shown_when={".kind": LIPSCHITZ.with_trait("penalty")},
        help="Whether norms below the target are penalised too.",
    )
    clip: float = setting(
        0.01,
        title="Clip bound c",
        gt=0,
        le=100,
        live=True,
        source="Arjovsky et al. 2017, algorithm 1: 0.01",
        help="Every critic weight is kept within -c and c.",
        shown_when={".kind": ("weight-clipping",)},
    )


class OptimizerSettings(Group):
    """How one network's weights follow its gradient."""

    kind: str = setting(
        "adam", title="Optimiser", choices=OPTIMIZERS, help="The rule by which weights follow their gradient."
    )
    learning_rate: float = setting(
        1e-4, title="Learning rate", gt=0, le=10, live=True, help="Size of each step."
    )
    beta1: float = setting(
        0.0,
        title="Beta 1",
        ge=0,
        lt=1,
        advanced=True,
        shown_when={".kind": OPTIMIZERS.with_trait("betas")},
        help="Memory of Adam's mean gradient (momentum); 0 switches it off.",
    )
    beta2: float = setting(
        0.9,
        title="Beta 2",
        ge=0,
        lt=1,
        advanced=True,
        shown_when={".kind": OPTIMIZERS.with_trait("betas")},
        help="Memory of Adam's squared gradient.",
    )


class ScheduleSettings(Group):
    """How the steps of critic and generator follow each other."""

    batch_size: int = setting(64, title="Batch size", ge=2, le=8192, help="Samples in each step.")
    n_critic: int = setting(
        5,
        title="Critic steps per generator step",
        ge=1,
        le=1000,
        live=True,
        source="Arjovsky et al. 2017, algorithm 1: 5",
        help="How many steps the critic takes before each step of the generator.",
    )


class ProbeSettings(Group):
    """What is measured and shown while training; it never changes what is trained."""

    gradient_norms_every: int = setting(
        10,
        title="Gradient norms every",
        unit="iterations",
        ge=1,
        le=1_000_000,
        advanced=True,
        help="How often the histogram of the critic's gradient norms is taken.",
    )
    samples_every: int = setting(
        50,
        title="Samples every",
        unit="iterations",
        ge=1,
        le=1_000_000,
        advanced=True,
        help="How often samples are drawn from the fixed latents, shown and kept.",
    )
    sample_count: int = setting(
        64,
        title="Samples in the grid",
        ge=1,
        le=1024,
        shown_when=IMAGES,
        help="How many fixed latents the grid shows.",
    )
    point_count: int = setting(
        1000,
        title="Points in the plot",
        ge=10,
        le=20_000,
        shown_when=POINTS,
        help="How many generated points are shown.",
    )


class SavingSettings(Group):
    """When the whole state is put on disk while training."""

    checkpoint_every: int = setting(
        500,
        title="Checkpoint every",
        unit="iterations",
        ge=1,
        le=10_000_000,
        advanced=True,
        help="How often the whole state is saved while training; it is also saved when training ends.",
    )
    keep: int = setting(
        3,
        title="Checkpoints kept",
        ge=1,
        le=10_000,
        advanced=True,
        help="Older checkpoints than the newest this many are removed.",
    )
