"""Does this installation compute right? Critics whose figures are known in closed form, on a device.

Every check calls the functions that training calls, in the numbers that it computes in (float32).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import isfinite, log, nan
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ganstudio.data.dataset import Progress, silent
from ganstudio.data.toy import ring_centres
from ganstudio.engine import devices
from ganstudio.engine.build import build_critic
from ganstudio.engine.graphs import recorder_of
from ganstudio.engine.seeds import stream
from ganstudio.experiment.groups import LipschitzSettings
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.metrics.divergence import divergences, frame, of_mixture
from ganstudio.metrics.transport import wasserstein1
from ganstudio.objectives import OBJECTIVES
from ganstudio.regularizers import LIPSCHITZ, PLACES, interpolates
from ganstudio.regularizers.weight_clipping import clip_weights, clippable
from ganstudio.studies import captured_steps

LAMBDA = 10.0
SHAPE = (2, 8, 8)  # of an image: the norm is over all its numbers, not over its channels
COUNT = 32
EXACT, CLOSE = 1e-6, 1e-4  # relative to the figure expected, or to 1 where that is smaller


@dataclass(frozen=True)
class Check:
    """A figure that is known, and the one that was found."""

    what: str
    expected: float
    found: float
    tolerance: float
    source: str
    problem: str = ""  # why it could not be found

    @property
    def passed(self) -> bool:
        """Whether the figure found is the one expected; NaN never is."""
        return abs(self.found - self.expected) <= self.tolerance


@dataclass(frozen=True)
class Report:
    """All checks on a device."""

    device: str
    versions: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether all figures are right."""
        return all(check.passed for check in self.checks)

    @property
    def verdict(self) -> str:
        """One sentence."""
        failed = sum(not check.passed for check in self.checks)
        if failed:
            return f"{failed} of {len(self.checks)} figures are wrong on {self.device}."
        return f"All {len(self.checks)} figures are right on {self.device}."

    def text(self) -> str:
        """Everything in lines, to be copied."""
        wide = max(len(check.what) for check in self.checks)
        head = f"{'':6}  {'what':<{wide}}  {'expected':>12}  {'found':>12}  {'tolerance':>9}  source"
        lines = [f"{self.verdict} {self.versions}", head]
        for c in self.checks:
            mark = "ok" if c.passed else "WRONG"
            line = f"{mark:<6}  {c.what:<{wide}}  {c.expected:>12.7g}  {c.found:>12.7g}  {c.tolerance:>9.1g}"
            lines.append(f"{line}  {c.source}{f'; {c.problem}' if c.problem else ''}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON without NaN."""
        checks = [
            asdict(c) | {"found": c.found if isfinite(c.found) else None, "passed": c.passed}
            for c in self.checks
        ]
        return {"device": self.device, "versions": self.versions, "passed": self.passed, "checks": checks}


Known = tuple[float, float, float]  # expected, found, tolerance
Measure = Callable[[torch.device], Known]


def self_check(device: str = "auto", progress: Progress = silent) -> Report:
    """Run all checks on a device; one that raises counts as wrong. Raises UserError for an unknown device."""
    where = devices.resolve(device)
    checks = []
    known = CHECKS + (CAPTURED if recorder_of(where) else ())
    for i, (what, source, measure) in enumerate(known):
        progress("Checking", i, len(known))
        try:
            expected, found, share = measure(where)
            checks.append(Check(what, expected, found, share * max(1.0, abs(expected)), source))
        except Exception as error:  # noqa: BLE001 - a broken installation can raise anything
            problem = f"{type(error).__name__}: {' '.join(str(error).split())}"
            checks.append(Check(what, 0.0, nan, 0.0, source, problem))
    versions = f"PyTorch {torch.__version__}, NumPy {np.__version__}"
    return Report(devices.title(where, torch.get_num_threads()), versions, tuple(checks))


def _batches(device: torch.device) -> tuple[Tensor, Tensor]:
    random = stream(0, "self-check")
    real, fake = (torch.randn(COUNT, *SHAPE, generator=random) for _ in range(2))
    return real.to(device), fake.to(device)


def _weights(norm: float, device: torch.device) -> Tensor:
    w = torch.randn(SHAPE, generator=stream(1, "self-check"), dtype=torch.float64)
    scaled: Tensor = norm * w / w.norm()
    return scaled.float().to(device)


def _linear(norm: float, device: torch.device) -> interpolates.Critic:
    w = _weights(norm, device)
    return lambda x: (x * w).flatten(1).sum(1)


def _points(device: torch.device) -> Tensor:
    points: Tensor = PLACES["interpolates"].load()(*_batches(device), stream(2, "self-check", device))
    return points


def _penalty(
    norm: float, device: torch.device, kind: str = "gradient-penalty", side: str = "two-sided"
) -> float:
    settings = LipschitzSettings(kind=kind, weight=LAMBDA, target=1.0, side=side)
    penalty, _ = LIPSCHITZ[kind].load().at(_linear(norm, device), _points(device), settings)
    return float(penalty)


def _linear_norm(device: torch.device) -> Known:
    norms = interpolates.gradient_norms(_linear(5.0, device), _points(device), create_graph=False)
    return 5.0, float(norms[(norms - 5.0).abs().argmax()]), CLOSE


def _two_sided(device: torch.device) -> Known:
    return LAMBDA * 16.0, _penalty(5.0, device), CLOSE


def _one_sided(device: torch.device) -> Known:
    return 0.0, _penalty(0.5, device, side="one-sided"), CLOSE


def _below(device: torch.device) -> Known:
    return LAMBDA * 0.25, _penalty(0.5, device), CLOSE


def _zero_centred(device: torch.device) -> Known:
    return LAMBDA / 2 * 25.0, _penalty(5.0, device, kind="r1"), CLOSE


def _quadratic(device: torch.device) -> Known:
    points = _points(device)
    norms = interpolates.gradient_norms(
        lambda x: 1.5 * x.flatten(1).square().sum(1) / 2, points, create_graph=False
    )
    ratio = norms / points.flatten(1).norm(dim=1)
    return 1.5, float(ratio[(ratio - 1.5).abs().argmax()]), CLOSE


def _own_segment(device: torch.device) -> Known:
    real, fake = (batch.flatten(1) for batch in _batches(device))
    points = _points(device).flatten(1)
    way = (points - fake).norm(dim=1) + (real - points).norm(dim=1)
    return 1.0, float((way / (real - fake).norm(dim=1)).max()), CLOSE


def _own_share(device: torch.device) -> Known:
    real, fake = (batch.flatten(1) for batch in _batches(device))
    eps = (_points(device).flatten(1) - fake).norm(dim=1) / (real - fake).norm(dim=1)
    return float(COUNT), float(len(torch.unique((1e4 * eps).round()))), 0.1 / COUNT


def _second_derivative(device: torch.device) -> Known:
    w = _weights(5.0, device).requires_grad_()
    settings = LipschitzSettings(weight=1.0, target=1.0)
    penalty, _ = (
        LIPSCHITZ["gradient-penalty"]
        .load()
        .at(lambda x: (x * w).flatten(1).sum(1), _points(device), settings)
    )
    (slope,) = torch.autograd.grad(penalty, w)
    return 8.0, float(slope.norm()), CLOSE


def _clipped(device: torch.device) -> Known:
    critic = build_critic(with_values(Experiment(), {"data.source": "ring"}), (2,)).to(device)
    weights = clippable(critic)
    clip_weights(weights, 0.01)
    return 0.01, max(float(w.detach().abs().max()) for w in weights), EXACT


def _undecided(device: torch.device) -> Known:
    scores = torch.zeros(COUNT, device=device)
    return 2 * log(2), float(OBJECTIVES["non-saturating"].load().critic_loss(real=scores, fake=scores)), EXACT


def _undecided_generator(device: torch.device) -> Known:
    scores = torch.zeros(COUNT, device=device)
    return log(2), float(OBJECTIVES["non-saturating"].load().generator_loss(fake=scores)), EXACT


def _optimal(device: torch.device) -> Known:
    js = 0.75 * log(1.5) + 0.25 * log(0.5)
    real = torch.tensor([log(3), log(3), log(3), -log(3)], device=device)
    loss = OBJECTIVES["minimax"].load().critic_loss(real=real, fake=-real)
    return 2 * log(2) - 2 * js, float(loss), EXACT


def _two_points(device: torch.device) -> Known:
    real = torch.zeros(COUNT, 2, device=device)
    fake = torch.tensor([1.5, 2.0], device=device).expand(COUNT, 2)
    slope = torch.tensor([-0.6, -0.8], device=device)  # of the optimal critic
    loss = OBJECTIVES["wasserstein"].load().critic_loss(real=real @ slope, fake=fake @ slope)
    return 2.5, -float(loss), EXACT


def _assignment(device: torch.device) -> Known:  # noqa: ARG001 - on the processor always
    ring = ring_centres()
    return 2.5, wasserstein1(ring, ring[::-1] + np.array([1.5, 2.0])), EXACT


def _half_of_the_modes(device: torch.device) -> Known:  # noqa: ARG001 - on the processor always
    ring = ring_centres()
    place = frame(1.2 * ring)
    expected = (log(4 / 3) + log(2 / 3) / 2 + log(2) / 2) / 2
    return expected, divergences(of_mixture(ring, 0.02, place), of_mixture(ring[:4], 0.02, place)).js, 1e-3


def _least_squares(device: torch.device) -> Known:
    scores = torch.full((COUNT,), 0.5, device=device)
    return 0.25, float(OBJECTIVES["least-squares"].load().critic_loss(real=scores, fake=scores)), EXACT


def _hinge(device: torch.device) -> Known:
    scores = torch.ones(COUNT, device=device)
    return 0.0, float(OBJECTIVES["hinge"].load().critic_loss(real=scores, fake=-scores)), EXACT


def _convolutions(device: torch.device) -> Known:
    values = {"data.size": 16, "critic.kind": "dcgan", "generator.kind": "dcgan", "critic.width": 8}
    critic = build_critic(with_values(Experiment(), values), (1, 16, 16)).eval()
    images = torch.rand(4, 1, 16, 16, generator=stream(3, "self-check")) * 2 - 1
    with torch.no_grad():
        found = critic.to(device)(images.to(device), None).double().cpu()
        exact = critic.to("cpu").double()(images.double(), None)
    return 0.0, float((found - exact).abs().max() / exact.abs().max()), 2e-3


CHECKS: tuple[tuple[str, str, Measure], ...] = (
    (
        "Linear critic <w, x>, |w| = 5: gradient norm, all dimensions of an image",
        "grad <w, x> = w",
        _linear_norm,
    ),
    ("Linear critic: penalty lambda (|w| - 1)^2, lambda = 10", "Gulrajani 2017, eq. 3", _two_sided),
    ("Linear critic, |w| = 0.5: two-sided penalty", "Gulrajani 2017, eq. 3", _below),
    ("Linear critic, |w| = 0.5: one-sided penalty", "Petzka 2018, eq. 8", _one_sided),
    (
        "Linear critic: zero-centred penalty gamma / 2 |w|^2, gamma = 10",
        "Mescheder 2018, eq. 9",
        _zero_centred,
    ),
    ("Quadratic critic 1.5 |x|^2 / 2: gradient norm by |x|", "grad = 1.5 x", _quadratic),
    ("Interpolates: way over the interpolate by the straight way", "Gulrajani 2017, alg. 1", _own_segment),
    ("Interpolates: different eps in a batch of 32", "Gulrajani 2017, alg. 1", _own_share),
    ("Linear critic: slope of the penalty by w, 2 (|w| - 1)", "double backward", _second_derivative),
    ("Clipped critic: largest weight at c = 0.01", "Arjovsky 2017, alg. 1", _clipped),
    ("Undecided critic: its classic loss, 2 ln 2", "Goodfellow 2014, thm 1", _undecided),
    (
        "Undecided critic: the non-saturating generator's loss, ln 2",
        "Goodfellow 2014, sec. 3",
        _undecided_generator,
    ),
    ("Optimal critic ln(p / q): classic loss, 2 ln 2 - 2 JS", "Goodfellow 2014, thm 1", _optimal),
    ("Least-squares critic at 1/2: its loss", "Mao 2017, eq. 8", _least_squares),
    ("Hinge critic at its margins: its loss", "Lim & Ye 2017, eq. 12", _hinge),
    ("Two points 2.5 apart: the optimal critic's Wasserstein estimate", "Kantorovich duality", _two_points),
    ("A set moved by 2.5: exact Wasserstein distance", "W1 of a translation", _assignment),
    ("Half of eight modes dropped: JS on the grid", "definition of JS", _half_of_the_modes),
    ("Convolutional critic: relative error against float64 on the processor", "same weights", _convolutions),
)
# Where steps can be captured (precision.capture).
CAPTURED: tuple[tuple[str, str, Measure], ...] = (
    ("Captured MLPs: difference of a weight", "the same, not captured", captured_steps.of_points),
    ("Captured convolutions: difference of a weight", "the same, not captured", captured_steps.of_images),
)
