"""Networks: the generator G and the critic (discriminator) D, for any shape of data that the form accepts."""

from ganstudio.registry import Registry

NETWORKS = Registry("network")
NORMS = Registry("normalisation")
ACTIVATIONS = Registry("activation")
INITIALISATIONS = Registry("initialisation")

# Traits: "points" = works on 2-D points; "images" = works on images; "depth", "activation" = has that
# setting.
NETWORKS.register(
    "mlp",
    title="MLP",
    help="Fully connected layers. Right for 2-D points and quick on small images.",
    target="ganstudio.networks.mlp",
    traits=("points", "images", "depth", "activation"),
)
NETWORKS.register(
    "dcgan",
    title="DCGAN",
    help="Strided convolutions without pooling or hidden fully connected layers, sized to the images. "
    "Each halving of the image doubles the width.",
    source="Radford et al. 2016, section 3",
    target="ganstudio.networks.dcgan",
    traits=("images",),
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
