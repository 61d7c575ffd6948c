"""Lipschitz control: penalties added to the critic's loss and constraints applied after its step."""

from ganstudio.registry import Registry

LIPSCHITZ = Registry("Lipschitz control")
PLACES = Registry("place of the penalty")

# Traits: "penalty" = adds a term to the critic's loss; "constraint" = changes the critic's weights after
# each step; "per-sample" = needs a critic whose score of one sample does not depend on the others in the
# batch; "target" = pulls towards a norm that is set, at a place that is set; "at-real", "at-fake" = that is
# its place.
LIPSCHITZ.register(
    "none",
    title="None",
    help="Nothing holds the critic's slope. Right for the classic objectives; a Wasserstein critic "
    "diverges without control.",
)
LIPSCHITZ.register(
    "weight-clipping",
    title="Weight clipping",
    help="After each critic step every weight is clamped to [-c, c]. Simple, but weights pile up at "
    "the bounds and gradients "
    "vanish or explode through the depth of the critic. The gains and shifts of normalisation layers are "
    "left out, since clamping them would switch the critic off.",
    formula="w <- clip(w, -c, c)",
    source="Arjovsky et al. 2017, algorithm 1",
    target="ganstudio.regularizers.weight_clipping:clip_weights",
    traits=("constraint",),
)
LIPSCHITZ.register(
    "gradient-penalty",
    title="Gradient penalty",
    help="Adds a price for every point, usually between a real and a generated sample, at which the "
    "critic's gradient norm is off its target. The gradient-norm histogram shows it at work.",
    formula="lambda E[(||grad D(x^)||_2 - target)^2]",
    source="Gulrajani et al. 2017, algorithm 1",
    target="ganstudio.regularizers.gradient_penalty:GradientPenalty",
    traits=("penalty", "per-sample", "target"),
)
LIPSCHITZ.register(
    "r1",
    title="R1 (zero-centred, at real samples)",
    help="A price for every slope of the critic at real samples: where the generator has found the data, the "
    "critic is to be flat, so training comes to rest. Made for the classic objectives; the choice of "
    "StyleGAN.",
    formula="gamma / 2 E[||grad D(x)||_2^2]",
    source="Mescheder et al. 2018, eq. 9",
    target="ganstudio.regularizers.zero_centred:ZeroCentredPenalty",
    traits=("penalty", "per-sample", "at-real"),
)
LIPSCHITZ.register(
    "r2",
    title="R2 (zero-centred, at generated samples)",
    help="As R1, with the price at generated samples.",
    formula="gamma / 2 E[||grad D(G(z))||_2^2]",
    source="Mescheder et al. 2018, eq. 10",
    target="ganstudio.regularizers.zero_centred:ZeroCentredPenalty",
    traits=("penalty", "per-sample", "at-fake"),
)

PLACES.register(
    "interpolates",
    title="Between real and generated",
    help="At random points on the lines between real and generated samples: where a Wasserstein critic's "
    "slope matters.",
    formula="x^ = eps x + (1 - eps) G(z),  eps ~ U[0, 1] for each sample",
    source="Gulrajani et al. 2017, algorithm 1",
    target="ganstudio.regularizers.places:at_interpolates",
)
PLACES.register(
    "real",
    title="At real samples",
    help="At the real samples themselves.",
    formula="x^ = x",
    target="ganstudio.regularizers.places:at_real",
)
PLACES.register(
    "fake",
    title="At generated samples",
    help="At the generated samples themselves.",
    formula="x^ = G(z)",
    target="ganstudio.regularizers.places:at_fake",
)
PLACES.register(
    "dragan",
    title="Around real samples (DRAGAN)",
    help="At real samples that were moved a little at random, by up to half the data's standard deviation. "
    "Made for the classic objectives.",
    formula="x^ = x + 0.5 std(x) u,  u ~ U[0, 1] for each number of each sample",
    source="Kodali et al. 2017",
    target="ganstudio.regularizers.places:around_real",
)
