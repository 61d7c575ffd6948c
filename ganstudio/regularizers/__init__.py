"""Lipschitz control: penalties added to the critic's loss and constraints applied after its step."""

from ganstudio.registry import Registry

LIPSCHITZ = Registry("Lipschitz control")

# Traits: "penalty" = adds a term to the critic's loss; "constraint" = changes the critic's weights after
# each step;
# "per-sample" = needs a critic whose score of one sample does not depend on the others in the batch.
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
    "vanish or explode through the depth of the critic.",
    formula="w <- clip(w, -c, c)",
    source="Arjovsky et al. 2017, algorithm 1",
    target="ganstudio.regularizers.weight_clipping:clip_weights",
    traits=("constraint",),
)
LIPSCHITZ.register(
    "gradient-penalty",
    title="Gradient penalty",
    help="Adds a price for every interpolate between a real and a generated sample at which the "
    "critic's gradient norm is "
    "off its target. The gradient-norm histogram shows it at work.",
    formula="lambda E[(||grad D(x^)||_2 - target)^2],  x^ = eps x + (1 - eps) G(z)",
    source="Gulrajani et al. 2017, algorithm 1",
    target="ganstudio.regularizers.gradient_penalty:GradientPenalty",
    traits=("penalty", "per-sample"),
)
