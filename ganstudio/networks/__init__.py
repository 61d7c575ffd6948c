"""Networks: the generator G and the critic (discriminator) D, for any shape of data that the form accepts."""

from ganstudio.registry import Registry

NETWORKS = Registry("network")
NORMS = Registry("normalisation")
GENERATOR_NORMS = Registry("normalisation of the generator")
ACTIVATIONS = Registry("activation")
INITIALISATIONS = Registry("initialisation")

# Traits: "points" = works on 2-D points; "images" = works on images; "depth", "activation", "norm" and
# "attention" = has that setting; "latent-parts" = its generator splits z.
NETWORKS.register(
    "mlp",
    title="MLP",
    help="Fully connected layers. Right for 2-D points and quick on small images.",
    target="ganstudio.networks.mlp",
    traits=("points", "images", "depth", "activation", "norm"),
)
NETWORKS.register(
    "dcgan",
    title="DCGAN",
    help="Strided convolutions without pooling or hidden fully connected layers, sized to the images. "
    "Each halving of the image doubles the width.",
    source="Radford et al. 2016, section 3",
    target="ganstudio.networks.dcgan",
    traits=("images", "norm", "attention"),
)
NETWORKS.register(
    "resnet",
    title="ResNet",
    help="Residual blocks that double or halve the image: deeper than DCGAN and steadier to train with a "
    "gradient penalty. Up to about 56 px all blocks have one width (128 in the paper's CIFAR-10 network); "
    "above, the width grows with each halving (from 64 in the paper's 64 px network).",
    source="Gulrajani et al. 2017, appendix",
    target="ganstudio.networks.resnet",
    traits=("images", "norm", "attention"),
)
NETWORKS.register(
    "biggan",
    title="BigGAN style",
    help="Residual blocks whose batch norms are steered by the class and by parts of z; the critic projects "
    "its features onto the class. Made for data with labels, spectral normalisation and large batches.",
    source="Brock et al. 2019, section 3 and appendix B",
    target="ganstudio.networks.biggan",
    traits=("images", "attention", "latent-parts"),
)

# Trait "across-batch": the output for one sample depends on the others of its batch.
NORMS.register("none", title="None", help="No normalisation.")
NORMS.register(
    "batch",
    title="Batch",
    help="Normalises each channel over the batch. Makes deep generators trainable; not for a critic "
    "with a gradient penalty.",
    source="Ioffe & Szegedy 2015",
    traits=("across-batch",),
)
NORMS.register(
    "layer",
    title="Layer",
    help="Normalises each sample over all its features; the gradient-penalty paper's choice for critics.",
    source="Ba et al. 2016",
)
NORMS.register(
    "instance",
    title="Instance",
    help="Normalises each channel of each sample over its pixels; needs images.",
    source="Ulyanov et al. 2016",
    traits=("images-only",),
)

for _norm in NORMS.values():
    GENERATOR_NORMS.add(_norm)
GENERATOR_NORMS.register(
    "virtual-batch",
    title="Virtual batch",
    help="Normalises each sample by a reference batch that is drawn once, and by itself: as batch "
    "normalisation, but no sample depends on its neighbours. Every pass also computes the reference batch.",
    source="Salimans et al. 2016, section 3.5",
)

ACTIVATIONS.register("relu", title="ReLU", help="max(0, x).")
ACTIVATIONS.register(
    "leaky-relu", title="Leaky ReLU (0.2)", help="max(0.2 x, x): keeps a slope for negative inputs."
)
ACTIVATIONS.register("tanh", title="tanh", help="Smooth and bounded.")

INITIALISATIONS.register(
    "default", title="Library default", help="Uniform within 1/sqrt(inputs) of zero, PyTorch's own choice."
)
INITIALISATIONS.register(
    "dcgan",
    title="N(0, 0.02)",
    help="Normal weights with standard deviation 0.02.",
    source="Radford et al. 2016, section 4",
)
INITIALISATIONS.register(
    "he",
    title="He",
    help="Normal weights that keep the variance through ReLU layers.",
    source="He et al. 2015",
)
INITIALISATIONS.register(
    "orthogonal", title="Orthogonal", help="Orthogonal weight matrices.", source="Saxe et al. 2014"
)
