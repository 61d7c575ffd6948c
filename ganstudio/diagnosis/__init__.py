"""Diagnosis: small detectors that listen to training and say when it fails, why, and what helps.

A detector's target is a class of ``ganstudio.diagnosis.detector.Detector``; it is made for each training.
"""

from ganstudio.registry import Registry

DETECTORS = Registry("detector")

DETECTORS.register(
    "divergence",
    title="Divergence",
    help="Losses beyond all that healthy training shows, or on their way there; infinite or NaN.",
    target="ganstudio.diagnosis.divergence:Divergence",
)
DETECTORS.register(
    "vanishing-gradient",
    title="Vanishing generator gradient",
    help="The generator is hardly told any more how to get better.",
    source="Arjovsky & Bottou 2017, theorem 2.4; Goodfellow et al. 2014, section 3",
    target="ganstudio.diagnosis.vanishing:VanishingGradient",
)
DETECTORS.register(
    "not-lipschitz",
    title="Critic far from Lipschitz",
    help="The critic's gradient norms are far from what its Lipschitz control aims at.",
    source="Gulrajani et al. 2017, section 3 and figure 1",
    target="ganstudio.diagnosis.lipschitz:NotLipschitz",
)
DETECTORS.register(
    "stuck-weights",
    title="Weights stuck at the clip",
    help="Nearly all of the critic's weights lie at the bounds of the clipping.",
    source="Gulrajani et al. 2017, section 3.1",
    target="ganstudio.diagnosis.stuck:StuckWeights",
)
DETECTORS.register(
    "mode-collapse",
    title="Mode collapse",
    help="Samples are far more alike than the data, or modes of the data are missing.",
    source="Salimans et al. 2016, section 3.2; Srivastava et al. 2017",
    target="ganstudio.diagnosis.collapse:ModeCollapse",
)
DETECTORS.register(
    "over-trained-critic",
    title="Over-trained critic",
    help="The critic remembers its training data: it does far worse on data that it never saw.",
    source="Gulrajani et al. 2017, section 5.3, figure 5",
    target="ganstudio.diagnosis.overtrained:OverTrainedCritic",
)
