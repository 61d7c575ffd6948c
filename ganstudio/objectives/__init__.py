"""Objectives: what critic and generator minimise, as pure functions of the critic's raw scores."""

from ganstudio.registry import Registry

OBJECTIVES = Registry("objective")

# Traits: "classic" = cross-entropy on logits, D* = 1/2 is its optimum; "total" = L_D + L_G can be read as
# one figure;
# "wasserstein" = E[D(x)] - E[D(G(z))] estimates (or is proportional to) the Wasserstein-1 distance.
OBJECTIVES.register(
    "minimax",
    title="Minimax GAN (saturating)",
    help="The game of the first GAN paper. The generator's gradient vanishes when the critic "
    "separates real from generated "
    "samples well; train with it to see that happen.",
    formula="L_D = softplus(-D(x)) + softplus(D(G(z)));  L_G = -softplus(D(G(z)))",
    source="Goodfellow et al. 2014, eq. 1",
    target="ganstudio.objectives.minimax:Minimax",
    traits=("classic",),
)
OBJECTIVES.register(
    "non-saturating",
    title="Non-saturating GAN",
    help="The same critic, but the generator maximises log D(G(z)), which gives it a strong gradient "
    "just when its samples "
    "are easily told apart. The usual choice for DCGAN.",
    formula="L_D = softplus(-D(x)) + softplus(D(G(z)));  L_G = softplus(-D(G(z)))",
    source="Goodfellow et al. 2014, section 3",
    target="ganstudio.objectives.non_saturating:NonSaturating",
    traits=("classic", "total"),
)
OBJECTIVES.register(
    "wasserstein",
    title="Wasserstein",
    help="The critic estimates how far the generated distribution lies from the data (earth mover's "
    "distance), so its value "
    "falls as samples get better. It needs Lipschitz control: weight clipping makes it WGAN, a "
    "gradient penalty WGAN-GP.",
    formula="L_D = E[D(G(z))] - E[D(x)];  L_G = -E[D(G(z))]",
    source="Arjovsky et al. 2017, algorithm 1",
    target="ganstudio.objectives.wasserstein:Wasserstein",
    traits=("wasserstein",),
)
OBJECTIVES.register(
    "hinge",
    title="Hinge",
    help="The critic stops pushing samples that it scores beyond a margin of 1, which keeps its "
    "effort on the hard "
    "ones. The choice of SAGAN and BigGAN.",
    formula="L_D = relu(1 - D(x)) + relu(1 + D(G(z)));  L_G = -E[D(G(z))]",
    source="Lim & Ye 2017, eq. 12 and 13",
    target="ganstudio.objectives.hinge:Hinge",
)
OBJECTIVES.register(
    "least-squares",
    title="Least squares (LSGAN)",
    help="Real samples are to score 1 and generated ones 0, by squared error: samples far on the "
    "right side of the "
    "border still pull, so the generator's gradient does not vanish.",
    formula="L_D = (D(x) - 1)^2 / 2 + D(G(z))^2 / 2;  L_G = (D(G(z)) - 1)^2 / 2",
    source="Mao et al. 2017, eq. 8",
    target="ganstudio.objectives.least_squares:LeastSquares",
    traits=("total",),
)
