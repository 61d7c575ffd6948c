"""Probes: what is measured while training; they never change what is trained.

A probe's target is a function ``measure(scene: Scene) -> Mapping[str, NDArray]``; what it returns travels as
a ``Measured`` event to the session and to the panels, which know the probe by its name.
"""

from ganstudio.registry import Registry

PROBES = Registry("probe")

# Traits: "points" = only for 2-D data; "images" = only for images; "clipping" = only under weight clipping.
PROBES.register(
    "places",
    title="Gradient norms at three places",
    help="The critic's gradient norms at interpolates, at real and at generated samples.",
    target="ganstudio.probes.places:measure",
)
PROBES.register(
    "eps",
    title="Gradient norm between generated and real",
    help="The critic's gradient norm along the lines from generated (eps = 0) to real samples (eps = 1).",
    target="ganstudio.probes.steepness:measure",
)
PROBES.register(
    "depth",
    title="Gradient through the critic",
    help="The norm of the score's gradient at the output of each layer of the critic.",
    source="Gulrajani et al. 2017, figure 1b",
    target="ganstudio.probes.depth:measure",
)
PROBES.register(
    "weights",
    title="Weights of the critic",
    help="Histograms of the weights of each layer, and the share of them at the clip bounds.",
    source="Gulrajani et al. 2017, figure 1b",
    target="ganstudio.probes.weights:measure",
)
PROBES.register(
    "generator-depth",
    title="Gradient through the generator",
    help="The norm of the gradient that each layer of the generator was last changed by.",
    target="ganstudio.probes.generator_depth:measure",
)
PROBES.register(
    "surface",
    title="Critic over the plane",
    help="The critic's values and gradients on a grid, and where the generator's loss moves its samples.",
    target="ganstudio.probes.surface:measure",
    traits=("points",),
)
