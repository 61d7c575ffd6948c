"""The groups of settings that say how training goes: optimisers, techniques, probes and saving."""

from __future__ import annotations

from ganstudio.experiment.choices import BEST_BY, CAPTURES, OPTIMIZERS, PRECISIONS, SCHEDULES
from ganstudio.experiment.fields import setting
from ganstudio.experiment.groups import IMAGES, POINTS, Group


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
    schedule: str = setting(
        "constant",
        title="Learning-rate schedule",
        choices=SCHEDULES,
        advanced=True,
        help="How the learning rate changes over the course of training.",
    )
    decay_from: int = setting(
        0,
        title="Decay begins at",
        unit="iterations",
        ge=0,
        le=10_000_000,
        advanced=True,
        help="Until this iteration the learning rate stays as it is set.",
        shown_when={".schedule": SCHEDULES.with_trait("decays")},
    )
    decay_over: int = setting(
        10_000,
        title="Decay takes",
        unit="iterations",
        ge=1,
        le=10_000_000,
        advanced=True,
        help="How long the way down takes; for steps, how long each step is.",
        shown_when={".schedule": SCHEDULES.with_trait("decays")},
    )
    decay_factor: float = setting(
        0.5,
        title="Factor of each step",
        gt=0,
        le=1,
        advanced=True,
        help="What the learning rate is multiplied by at the end of each step.",
        shown_when={".schedule": SCHEDULES.with_trait("factor")},
    )
    clip_norm: float = setting(
        0.0,
        title="Gradient clip",
        ge=0,
        le=1e6,
        live=True,
        advanced=True,
        source="Pascanu et al. 2013, algorithm 1",
        help="A gradient of this network that is longer than this, over all its weights, is shortened to it "
        "before the step. It keeps single wild batches from throwing the weights away; 0 switches it off.",
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
        usual=(1, 10),
        source="Arjovsky et al. 2017, algorithm 1: 5",
        help="How many steps the critic takes before each step of the generator.",
    )


class TechniqueSettings(Group):
    """Switches that combine with any objective; most are from Salimans et al. 2016."""

    feature_matching: bool = setting(
        default=False,
        title="Feature matching",
        source="Salimans et al. 2016, section 3.1",
        help="The generator no longer tries to win against the critic. It makes the mean of the critic's "
        "last hidden layer over generated samples equal to that over real ones, which is steadier.",
    )
    historical_averaging: bool = setting(
        default=False,
        title="Historical averaging",
        source="Salimans et al. 2016, section 3.3",
        help="Both networks pay for moving away from the mean of all their past weights, which damps "
        "circling around each other.",
    )
    historical_weight: float = setting(
        0.01,
        title="Weight of the history",
        ge=0,
        le=1e6,
        live=True,
        help="How much the squared distance from the mean of the past weights counts.",
        shown_when={".historical_averaging": (True,)},
    )
    instance_noise: bool = setting(
        default=False,
        title="Instance noise",
        source="Sønderby et al. 2017",
        help="The critic sees all samples, real and generated, through normal noise. Their distributions "
        "then overlap, so the critic cannot separate them at once; the noise fades away.",
    )
    noise_std: float = setting(
        0.1,
        title="Noise at the start",
        ge=0,
        le=10,
        live=True,
        help="Standard deviation of the noise at iteration 0. Images reach from -1 to 1.",
        shown_when={".instance_noise": (True,)},
    )
    noise_over: int = setting(
        2000,
        title="Noise fades over",
        unit="iterations",
        ge=1,
        le=10_000_000,
        help="The noise falls in a straight line and is gone after this many iterations.",
        shown_when={".instance_noise": (True,)},
    )


class EmaSettings(Group):
    """The moving average of the generator's weights, from which samples are drawn."""

    decay: float = setting(
        0.0,
        title="Decay",
        ge=0,
        lt=1,
        advanced=True,
        source="Karras et al. 2018: 0.999; Brock et al. 2019: 0.9999",
        help="After each step the averaged generator keeps this share of its weights and takes the rest "
        "from the trained one; all samples are then drawn from the average, which changes smoothly. About "
        "1 / (1 - decay) iterations count. 0 switches it off.",
    )


class PrecisionSettings(Group):
    """In which numbers the networks compute, and how their steps reach the device."""

    kind: str = setting(
        "float32",
        title="Precision",
        choices=PRECISIONS,
        advanced=True,
        help="In which numbers the networks compute. Weights, losses and penalties are float32 always.",
    )
    capture: str = setting(
        "off",
        title="Capture steps",
        choices=CAPTURES,
        live=True,
        advanced=True,
        help="Whether steps are recorded and replayed. Small networks on a graphics processor wait for "
        "Python most of the time; a replay does not. It needs about twice the memory, and trains the same "
        "numbers. Check it on your device first: Help > Self-check, or ganstudio self-check --device cuda.",
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
    measure_every: int = setting(
        100,
        title="Measurements every",
        unit="iterations",
        ge=1,
        le=1_000_000,
        advanced=True,
        help="How often the inspector's measurements are taken that training does not compute anyway.",
    )
    evaluate_every: int = setting(
        500,
        title="Figures of quality every",
        unit="iterations",
        ge=0,
        le=1_000_000,
        help="How often samples are judged while training: the metrics panel and the best checkpoint follow "
        "these figures. 2-D samples are judged at once, images beside training, on one core; an evaluation "
        "that falls due while one is under way is left out. 0 switches it off.",
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
        live=True,
        advanced=True,
        help="How often the whole state is saved while training; it is also saved when training ends.",
    )
    autosave_minutes: float = setting(
        10.0,
        title="Checkpoint at least every",
        unit="min",
        ge=0,
        le=10_080,
        live=True,
        advanced=True,
        help="The state is also saved when this much training time has passed since it was last saved; 0 "
        "saves by iterations only. What is trained is the same, whenever it is saved.",
    )
    keep: int = setting(
        3,
        title="Checkpoints kept",
        ge=1,
        le=10_000,
        live=True,
        advanced=True,
        help="Older checkpoints than the newest this many are removed, unless they are pinned, or kept for "
        "another reason.",
    )
    keep_every: int = setting(
        0,
        title="One kept for good every",
        unit="iterations",
        ge=0,
        le=10_000_000,
        live=True,
        advanced=True,
        help="The first checkpoint at or after each multiple of this stays for good; 0 keeps none of them.",
    )
    best_by: str = setting(
        "none",
        title="Best kept by",
        choices=BEST_BY,
        live=True,
        advanced=True,
        help="The checkpoint at which this figure was best stays until a better one is saved.",
    )
