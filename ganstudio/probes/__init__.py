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
