"""Studies: findings of the papers, measured anew with the studio's own steps, small enough for a CPU."""

from ganstudio.registry import Registry

STUDIES = Registry("study")

# The target is a function (request: Request) -> Outcome.
STUDIES.register(
    "wgan-gp-figure-1",
    title="What weight clipping does to a critic, and the gradient penalty does not",
    help="Value surfaces of critics on 8 Gaussians, 25 Gaussians and the Swiss roll, gradient norms through "
    "the depth of a 12-layer critic, and histograms of its weights.",
    source="Gulrajani et al. 2017, section 3 and figure 1",
    target="ganstudio.studies.wgan_gp_figure_1:reproduce",
)
STUDIES.register(
    "mode-coverage",
    title="How many modes each objective covers",
    help="Every objective on the ring of 8 and the grid of 25 Gaussians with the same number of steps: modes "
    "covered, share of good samples and exact Wasserstein-1 distance.",
    source="The measure of Srivastava et al. 2017, section 4.1; after Metz et al. 2017, section 3.1",
    target="ganstudio.studies.mode_coverage:reproduce",
)
STUDIES.register(
    "vanishing-gradient",
    title="The generator's gradient in front of a perfect critic",
    help="Gradient norm of the generator's loss while the critic trains alone on separated supports: "
    "minimax, non-saturating and Wasserstein.",
    source="Arjovsky & Bottou 2017, theorem 2.4 and figure 2",
    target="ganstudio.studies.vanishing_gradient:reproduce",
)
