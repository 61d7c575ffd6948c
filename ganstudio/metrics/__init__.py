"""Metrics: pure functions that judge samples, and the figures of quality by name."""

from ganstudio.registry import Registry

FIGURES = Registry("figure of quality")

# Traits: "lower" or "higher" = which is better; "points" = of 2-D data; "images" = of images; "labels" =
# needs labelled data; "local" = made with features that were learned here, so not comparable with published
# figures.
FIGURES.register(
    "w1",
    title="Exact Wasserstein distance (W1)",
    help="The least mean distance by which samples must be moved to become real ones, by optimal assignment.",
    target="ganstudio.metrics.transport",
    traits=("lower", "points"),
)
