import torch
from torch import nn

from ganstudio.regularizers.weight_clipping import clip_weights, clippable


def test_every_weight_and_bias_ends_within_the_bound() -> None:
    critic = nn.Sequential(nn.Linear(5, 5), nn.ReLU(), nn.Linear(5, 1))
    for p in critic.parameters():
        nn.init.uniform_(p, -1, 1)
    before = [p.detach().clone() for p in critic.parameters()]
    clip_weights(clippable(critic), 0.3)
    for p, old in zip(critic.parameters(), before, strict=True):
        assert torch.equal(p, old.clamp(-0.3, 0.3))


def test_gains_of_normalisation_are_left_alone() -> None:
    norms = [nn.BatchNorm2d(3), nn.LayerNorm(3), nn.GroupNorm(1, 3), nn.InstanceNorm2d(3, affine=True)]
    critic = nn.Sequential(nn.Conv2d(1, 3, 3), *norms)
    kept = clippable(critic)
    assert {id(p) for p in kept} == {id(p) for p in critic[0].parameters()}
    clip_weights(kept, 0.01)
    for norm in norms:
        assert torch.equal(norm.weight, torch.ones(3))
