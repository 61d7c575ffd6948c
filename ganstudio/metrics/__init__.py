"""Metrics: pure functions that judge samples, and the figures of quality by name."""

from ganstudio.registry import Registry

FIGURES = Registry("figure of quality")

# Traits: "lower" or "higher" = which is better, "near-one" = best at 1; "points" = of 2-D data; "images"
# = of images; "labels" = needs labelled data; "inception" = needs Inception's weights; "local" = made with
# features that were learned here, so not comparable with published figures.
# "floor:w1" = what the figure w1 reads for a perfect generator.
# The target of a figure of images is a function (material: ganstudio.evaluation.material.Material) -> float,
# that of a figure of points the class that computes them all together.
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
    traits=("points", "floor:w1"),
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

_IMAGES = "ganstudio.evaluation.images"
_LOCAL = "A small classifier is trained here on the data's labels; not comparable with published figures."
for _name, _title, _help, _source, _traits in (
    (
        "swd",
        "Sliced Wasserstein distance (x1000)",
        "Patches of generated and real images compared in random directions, from fine detail to structure.",
        "Karras et al. 2018, section 5",
        ("lower", "images"),
    ),
    (
        "ms_ssim",
        "Similarity among samples, over that of the data",
        "1 where samples are as varied as the data; above 1 where they look alike, as in mode collapse.",
        "Odena et al. 2017, section 4.2",
        ("lower", "images"),
    ),
    (
        "precision",
        "Precision",
        "Share of the samples that lie among real images: are they good?",
        "Kynkaanniemi et al. 2019, eq. 1-2",
        ("higher", "images"),
    ),
    (
        "recall",
        "Recall",
        "Share of the real images that lie among the samples: is all of the data reached?",
        "Kynkaanniemi et al. 2019, eq. 1-2",
        ("higher", "images"),
    ),
    (
        "density",
        "Density",
        "As precision, less easily fooled by outliers among the data; 1 where both are alike.",
        "Naeem et al. 2020, eq. 5",
        ("higher", "images"),
    ),
    (
        "coverage",
        "Coverage",
        "Share of the real images that have a sample nearer than their fifth real neighbour.",
        "Naeem et al. 2020, eq. 6",
        ("higher", "images"),
    ),
    (
        "nearest_ratio",
        "Distance to the training data, over that of unseen data",
        "1 where samples are as close to training images as unseen real ones; near 0 where they are copies.",
        "",
        ("images", "near-one"),
    ),
    (
        "classifier_fid",
        "Classifier FID (not comparable)",
        f"Frechet distance in the features of the data's classifier. {_LOCAL}",
        "Heusel et al. 2017, eq. 6, with other features",
        ("lower", "images", "labels", "local"),
    ),
    (
        "classifier_confidence",
        "Confidence of the classifier",
        f"Mean probability of the most likely class. {_LOCAL}",
        "",
        ("higher", "images", "labels", "local"),
    ),
    (
        "classes_hit",
        "Classes hit",
        f"Classes with at least one percent of the samples; of more than 100, with any at all. {_LOCAL}",
        "",
        ("higher", "images", "labels", "local"),
    ),
    (
        "class_divergence",
        "Divergence of the classes",
        f"KL divergence of the samples' classes from the data's, in nats; 0 where alike. {_LOCAL}",
        "",
        ("lower", "images", "labels", "local"),
    ),
    (
        "fid",
        "FID (Inception)",
        "Frechet distance in Inception's features. Compare only equal sample counts, weights and resizing.",
        "Heusel et al. 2017, eq. 6",
        ("lower", "images", "inception"),
    ),
    (
        "kid",
        "KID (Inception)",
        "Kernel distance in the features of an Inception network; unbiased, also with few samples.",
        "Binkowski et al. 2018, section 4",
        ("lower", "images", "inception"),
    ),
    (
        "inception_score",
        "Inception score",
        "How sure Inception is of each sample and how many of its classes it sees. Says nothing of the data.",
        "Salimans et al. 2016, section 4",
        ("higher", "images", "inception"),
    ),
):
    FIGURES.register(
        _name, title=_title, help=_help, source=_source, target=f"{_IMAGES}:{_name}", traits=_traits
    )
