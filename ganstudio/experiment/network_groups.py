"""The groups of settings of the two networks and of what they are told of classes."""

from __future__ import annotations

from ganstudio.data import DATASETS
from ganstudio.experiment.choices import CONDITIONINGS
from ganstudio.experiment.fields import setting
from ganstudio.experiment.groups import Group
from ganstudio.networks import ACTIVATIONS, GENERATOR_NORMS, INITIALISATIONS, NETWORKS, NORMS

LABELLED = {"data.source": DATASETS.with_trait("labels")}
WITH_NORM = {".kind": NETWORKS.with_trait("norm")}


class ConditioningSettings(Group):
    """Whether the networks are told which class a sample belongs to."""

    kind: str = setting(
        "none",
        title="Conditioning",
        choices=CONDITIONINGS,
        shown_when=LABELLED,
        help="Whether both networks are told the class of each sample, so that samples of a class can be "
        "asked for. The grid then shows one class a row.",
    )


class NetworkSettings(Group):
    """Architecture of one network."""

    kind: str = setting("mlp", title="Network", choices=NETWORKS, help="The family of the network.")
    width: int = setting(
        128,
        title="Width",
        ge=1,
        le=2048,
        help="Units of each hidden layer; for convolutional networks the channels of the layer nearest to "
        "the image (DCGAN's paper at 64 px: 128).",
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
        "none",
        title="Normalisation",
        choices=NORMS,
        help="What keeps the scale of hidden values in hand.",
        shown_when=WITH_NORM,
    )
    attention: int = setting(
        0,
        title="Self-attention at",
        unit="px",
        ge=0,
        le=64,
        advanced=True,
        source="Zhang et al. 2019 (SAGAN), section 3: 32",
        help="Lets every position of the map of this size look at all others, so that far parts of an image "
        "fit together. It must be one of the network's maps, for example 16 for images of 32 px; 0 switches "
        "it off.",
        shown_when={".kind": NETWORKS.with_trait("attention")},
    )
    spectral_norm: bool = setting(
        default=False,
        title="Spectral normalisation",
        advanced=True,
        source="Miyato et al. 2018",
        help="Divides every layer's weights by their largest singular value, so that no layer stretches "
        "differences. In the critic it is Lipschitz control without a penalty; SAGAN and BigGAN use it in "
        "both networks.",
    )
    initialisation: str = setting(
        "default",
        title="Initialisation",
        choices=INITIALISATIONS,
        advanced=True,
        help="What the weights start from.",
    )
    orthogonal_weight: float = setting(
        0.0,
        title="Orthogonal regularisation",
        ge=0,
        le=1e3,
        live=True,
        advanced=True,
        source="Brock et al. 2019, eq. 3: 0.0001, in the generator",
        help="How much it costs when filters of a layer resemble each other. It helps samples to stay good "
        "when z is truncated; 0 switches it off.",
    )


class GeneratorSettings(NetworkSettings):
    """Architecture of the generator."""

    norm: str = setting(
        "none",
        title="Normalisation",
        choices=GENERATOR_NORMS,
        help="What keeps the scale of hidden values in hand.",
        shown_when=WITH_NORM,
    )
    reference_size: int = setting(
        64,
        title="Reference batch",
        ge=2,
        le=1024,
        advanced=True,
        source="Salimans et al. 2016, section 3.5",
        help="How many latents, drawn once and kept, the reference batch of virtual batch normalisation has.",
        shown_when={**WITH_NORM, ".norm": ("virtual-batch",)},
    )
    embedding: int = setting(
        32,
        title="Class embedding",
        ge=1,
        le=1024,
        advanced=True,
        help="How many learnt numbers stand for a class where the generator reads it; in BigGAN's paper 128.",
        shown_when={**LABELLED, "conditioning.kind": ("class",)},
    )


class CriticSettings(NetworkSettings):
    """Architecture of the critic."""

    minibatch_deviation: bool = setting(
        default=False,
        title="Minibatch standard deviation",
        advanced=True,
        source="Karras et al. 2018, section 3",
        help="Tells the critic how much the samples of its batch differ from each other, so that a generator "
        "whose samples are all alike is found out.",
    )
    minibatch_discrimination: bool = setting(
        default=False,
        title="Minibatch discrimination",
        advanced=True,
        source="Salimans et al. 2016, section 3.2",
        help="Tells the critic how close each sample is to the others of its batch, by learnt features, so "
        "that a generator whose samples are all alike is found out.",
    )
    minibatch_kernels: int = setting(
        50,
        title="Kernels B",
        ge=1,
        le=1024,
        advanced=True,
        help="How many closenesses are learnt.",
        shown_when={".minibatch_discrimination": (True,)},
    )
    minibatch_dimensions: int = setting(
        5,
        title="Dimensions C of a kernel",
        ge=1,
        le=256,
        advanced=True,
        help="In how many learnt numbers each closeness is measured.",
        shown_when={".minibatch_discrimination": (True,)},
    )
