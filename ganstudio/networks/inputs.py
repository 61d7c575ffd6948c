"""What goes into a generator and what is added to a critic's score: class, reference batch, batch layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganstudio.networks.batch_layers import MinibatchDiscrimination
from ganstudio.networks.layers import CriticRequest, GeneratorRequest, reference_size


class GeneratorInput(nn.Module):
    """Latents, the class's learnt embedding beside them, and the reference batch in front of them.

    The embedding is there for ``classes`` > 0 (Mirza & Osindero 2014). The reference batch is there with
    virtual batch normalisation: part of the state, to be filled once by whoever knows what latents are drawn
    from.
    """

    reference_latents: Tensor
    reference_labels: Tensor

    def __init__(self, request: GeneratorRequest, latent: int, classes: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(classes, request.embedding) if classes else None
        self.features = latent + (request.embedding if classes else 0)
        self.reference = reference_size(request)
        if self.reference:
            self.register_buffer("reference_latents", torch.randn(self.reference, latent))
            if classes:
                self.register_buffer("reference_labels", torch.arange(self.reference) % classes)

    def forward(self, z: Tensor, labels: Tensor | None) -> Tensor:
        """Latents (N, latent) and labels (N,) to features (n + N, ...), the reference batch's n first."""
        if self.reference:
            z = torch.cat((self.reference_latents.to(z.dtype), z))
        if self.embedding is None:
            return z
        labels = known(labels)
        if self.reference:
            labels = torch.cat((self.reference_labels, labels))
        return torch.cat((z, self.embedding(labels)), dim=1)

    @property
    def has_more(self) -> bool:
        """Whether anything comes with the latents."""
        return self.embedding is not None or bool(self.reference)

    def asked(self, samples: Tensor) -> Tensor:
        """The samples without the reference batch's."""
        return samples[self.reference :] if self.reference else samples


class ScoreAdditions(nn.Module):
    """What is added to a critic's score for the sample's class and for its batch.

    Class: y^T V phi(x), the projection of Miyato & Koyama 2018, eq. 3, with one row of V for each class.
    Batch: a linear function of minibatch discrimination's o(x); together with the score, which is linear in
    the features too, it is a linear layer on both, as in Salimans et al. 2016.
    """

    def __init__(self, request: CriticRequest, features: int, classes: int) -> None:
        super().__init__()
        self.projection = nn.Linear(features, classes, bias=False) if classes else None
        self.discrimination = self.closeness = None
        if request.minibatch_discrimination:
            self.discrimination = MinibatchDiscrimination(
                features, request.minibatch_kernels, request.minibatch_dimensions
            )
            self.closeness = nn.Linear(request.minibatch_kernels, 1, bias=False)

    @property
    def has_any(self) -> bool:
        """Whether there is something to add."""
        return self.projection is not None or self.discrimination is not None

    def forward(self, scores: Tensor, features: Tensor, labels: Tensor | None) -> Tensor:
        """Scores (N,), features phi (N, F) and labels (N,) to scores (N,)."""
        if self.projection is not None:
            scores = scores + self.projection(features).gather(1, known(labels)[:, None]).squeeze(1)
        if self.discrimination is not None and self.closeness is not None:
            scores = scores + self.closeness(self.discrimination(features)).squeeze(1)
        return scores


def known(labels: Tensor | None) -> Tensor:
    """The labels. Raises ValueError where a network with classes is called without."""
    if labels is None:
        raise ValueError("a network with classes needs labels")
    return labels
