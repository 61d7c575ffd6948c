"""Choices that need no implementation of their own."""

from ganstudio.metrics import FIGURES
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

# Traits: "decays" = begins and takes a time; "factor" = has a factor of its own.
SCHEDULES = Registry("learning-rate schedule")
SCHEDULES.register("constant", title="Constant", help="The learning rate stays as it is set.")
SCHEDULES.register(
    "linear",
    title="Linear",
    help="Down to 0 in a straight line; the WGAN-GP paper's choice for its residual networks.",
    formula="lr max(0, 1 - p),  p = (iteration - begin) / length",
    source="Gulrajani et al. 2017, CIFAR-10 with residual networks",
    traits=("decays",),
)
SCHEDULES.register(
    "cosine",
    title="Cosine",
    help="Down to 0 along half a cosine wave: slowly at first and at the end.",
    formula="lr (1 + cos(pi p)) / 2,  p = (iteration - begin) / length within 0 to 1",
    source="Loshchilov & Hutter 2017, eq. 5",
    traits=("decays",),
)
SCHEDULES.register(
    "step",
    title="Steps",
    help="Multiplied by a factor again and again after a fixed number of iterations.",
    formula="lr factor^floor(p),  p = (iteration - begin) / length",
    traits=("decays", "factor"),
)

PRECISIONS = Registry("precision")
PRECISIONS.register("float32", title="float32", help="Full precision everywhere.")
PRECISIONS.register(
    "bfloat16",
    title="Mixed with bfloat16",
    help="The networks compute in bfloat16 where that is safe: faster on recent graphics processors and on "
    "CPUs with AVX-512 BF16 or AMX, no gain on others. The gradient penalty is computed in float32 all the "
    "same.",
    source="Micikevicius et al. 2018",
)
PRECISIONS.register(
    "automatic",
    title="Automatic",
    help="Mixed with bfloat16 where the device has instructions for it, float32 elsewhere. The numbers of a "
    "training then depend on the machine.",
)

CAPTURES = Registry("capture")
CAPTURES.register("off", title="Off", help="Python starts each operation by itself.")
CAPTURES.register(
    "automatic",
    title="On CUDA devices",
    help="After a few steps a whole step is recorded as one CUDA graph and replayed. Without effect on other "
    "devices, in slow motion, and where several processes train together.",
    source="CUDA graphs, in the notes of PyTorch on CUDA",
)

CONDITIONINGS = Registry("conditioning")
CONDITIONINGS.register("none", title="None", help="The networks know nothing of classes.")
CONDITIONINGS.register(
    "class",
    title="By class",
    help="The generator reads the class beside z; the critic adds to its score how well the sample's "
    "features fit the class. Real and generated samples of a step have the same classes.",
    formula="D(x, y) = psi(phi(x)) + y^T V phi(x)",
    source="Mirza & Osindero 2014; Miyato & Koyama 2018, eq. 3",
)

NONE = "none"
# Traits: "higher" = a higher figure is better; else a lower one is.
BEST_BY = Registry("figure")
BEST_BY.register(NONE, title="None", help="No checkpoint is kept for its figures.")
BEST_BY.register(
    "wasserstein_estimate",
    title="Wasserstein estimate",
    help="The lowest estimate of the distance; only for Wasserstein objectives.",
)
BEST_BY.register("critic_loss", title="Critic loss", help="The lowest loss of the critic.")
BEST_BY.register("generator_loss", title="Generator loss", help="The lowest loss of the generator.")
BEST_BY.register(
    "total_loss", title="Total loss", help="The lowest sum of both losses, where it means something."
)

for figure in FIGURES.values():
    if figure.traits & {"lower", "higher"}:  # else it is for comparison
        BEST_BY.add(figure)

DEVICES_HELP = "auto takes the first CUDA device where there is one, else the CPU; or name one: cpu, cuda:0."
