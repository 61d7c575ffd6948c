"""Choices that need no implementation of their own."""

from ganstudio.registry import Registry

OPTIMIZERS = Registry("optimiser")
OPTIMIZERS.register(
    "adam",
    title="Adam",
    help="Adapts each weight's step to the size and steadiness of its gradients.",
    source="Kingma & Ba 2015",
    target="torch.optim:Adam",
    traits=("betas", "fused"),
)
OPTIMIZERS.register(
    "rmsprop",
    title="RMSprop",
    help="Divides each step by the recent gradient size; the WGAN paper's choice, since momentum upsets "
    "a clipped critic.",
    source="Tieleman & Hinton 2012",
    target="torch.optim:RMSprop",
)
OPTIMIZERS.register(
    "sgd", title="SGD", help="Plain gradient descent.", target="torch.optim:SGD", traits=("fused",)
)

LATENTS = Registry("latent distribution")
LATENTS.register("normal", title="Normal", help="z ~ N(0, 1) in every dimension.")
LATENTS.register("uniform", title="Uniform", help="z ~ U(-1, 1) in every dimension, as in the DCGAN paper.")

SIDES = Registry("penalty side")
SIDES.register(
    "two-sided",
    title="Two-sided",
    help="Norms below and above the target are penalised; the paper's choice.",
    source="Gulrajani et al. 2017, section 4",
)
SIDES.register(
    "one-sided",
    title="One-sided",
    help="Only norms above the target are penalised.",
    source="Petzka et al. 2018 (WGAN-LP)",
)

DEVICES_HELP = "auto takes the first CUDA device where there is one, else the CPU; or name one: cpu, cuda:0."
