"""The algorithm without the studio: what training with all techniques off must be to the last bit."""

from __future__ import annotations

import torch

from ganstudio.engine.players import Players


def plain_training(players: Players, iterations: int) -> None:
    """Gulrajani et al. 2017, algorithm 1 (or with clipping, or with neither), in plain torch."""
    experiment = players.experiment
    g, d = players.generator, players.critic
    together = experiment.critic.norm != "batch"
    for _ in range(iterations):
        for _ in range(experiment.schedule.n_critic):
            d.requires_grad_(True)
            players.critic_optimizer.zero_grad()
            real = players.loader.next_batch().samples
            with torch.no_grad():
                fake = g(players.draw_latents())
            on_real, on_fake = d(torch.cat((real, fake))).chunk(2) if together else (d(real), d(fake))
            loss = players.objective.critic_loss(real=on_real, fake=on_fake)
            if experiment.lipschitz.kind == "gradient-penalty":
                shape = (len(real),) + (1,) * (real.dim() - 1)
                eps = torch.rand(shape, generator=players.eps)
                between = (fake + eps * (real - fake)).requires_grad_()
                (gradient,) = torch.autograd.grad(d(between).sum(), between, create_graph=True)
                norms = torch.linalg.vector_norm(gradient.flatten(1), dim=1)
                loss = loss + experiment.lipschitz.weight * (norms - 1).square().mean()
            loss.backward()
            players.critic_optimizer.step()
            if experiment.lipschitz.kind == "weight-clipping":
                with torch.no_grad():
                    for p in d.parameters():
                        p.clamp_(-experiment.lipschitz.clip, experiment.lipschitz.clip)
        d.requires_grad_(False)
        players.generator_optimizer.zero_grad()
        players.objective.generator_loss(fake=d(g(players.draw_latents()))).backward()
        players.generator_optimizer.step()
