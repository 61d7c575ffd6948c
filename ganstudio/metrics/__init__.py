"""Metrics: pure functions that judge samples, and the figures of quality by name."""

from ganstudio.registry import Registry

FIGURES = Registry("figure of quality")

# Traits: "lower" or "higher" = which is better; "points" = of 2-D data; "images" = of images; "labels" =
# needs labelled data; "local" = made with features that were learned here, so not comparable with published
# figures.
FIGURES.register(
    "w1",
    title="Exact Wasserstein distance (W1)",
    help="The least mean distance by which samples must be moved to become real ones, by optimal assignment. "
    "Finite samples never reach 0: compare with the distance of two real samples of the same size.",
    target="ganstudio.metrics.points:PointFigures",
    source="Peyré & Cuturi 2019, proposition 2.1",
    traits=("lower", "points"),
)
FIGURES.register(
    "w1_real",
    title="W1 between two real samples",
    help="What W1 reads for a perfect generator: two real samples of the same size. The figures cannot be "
    "told from it when they are down there.",
    target="ganstudio.metrics.points:PointFigures",
    traits=("points",),
)
FIGURES.register(
    "js",
    title="Jensen-Shannon divergence (JS)",
    help="In nats, from 0 (equal) to ln 2 (nothing in common), on a blurred grid, without what chance adds; "
    "so a perfect generator reads about 0, from either side.",
    target="ganstudio.metrics.points:PointFigures",
    source="Lin 1991; chance by the delta method (Miller 1955)",
    traits=("lower", "points"),
)
FIGURES.register(
    "kl_forward",
    title="KL(real || generated)",
    help="In nats, on a blurred grid, without what chance adds. Large where real samples lie that the "
    "generator never makes: dropped modes.",
    target="ganstudio.metrics.points:PointFigures",
    source="Kullback & Leibler 1951; chance by the delta method (Miller 1955)",
    traits=("lower", "points"),
)
FIGURES.register(
    "kl_reverse",
    title="KL(generated || real)",
    help="In nats, on a blurred grid, without what chance adds. Large where the generator makes samples that "
    "are not real; dropped modes hardly count.",
    target="ganstudio.metrics.points:PointFigures",
    source="Kullback & Leibler 1951; chance by the delta method (Miller 1955)",
    traits=("lower", "points"),
)
FIGURES.register(
    "modes_covered",
    title="Covered modes",
    help="True modes that hold at least 1 % of the samples within three standard deviations.",
    target="ganstudio.metrics.points:PointFigures",
    source="Srivastava et al. 2017, section 4.1",
    traits=("higher", "points"),
)
FIGURES.register(
    "good_share",
    title="Share of good samples",
    help="Samples within three standard deviations of a true mode, from 0 to 1; real ones reach 0.989.",
    target="ganstudio.metrics.points:PointFigures",
    source="Srivastava et al. 2017, section 4.1",
    traits=("higher", "points"),
)
