"""The objective and its ablations (paper §3.1): pure functions of logits and pictures.

    G* = arg min_G max_D  L_cGAN(G, D) + λ·L_L1(G)

D's loss is halved, which slows D relative to G; G maximises log D rather than minimising log(1 - D).
"""

from torch import Tensor
from torch.nn import functional as F

from pix2pix.config import uses_l1


def discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> dict[str, Tensor]:
    """½·(-log D(x, y) - log(1 - D(x, G(x, z)))), the mean over patches; ln 2 at zero logits."""
    real = F.softplus(-real_logits.float()).mean()  # -log sigmoid
    fake = F.softplus(fake_logits.float()).mean()  # -log(1 - sigmoid)
    return {"D": (real + fake) / 2, "D_real": real.detach(), "D_fake": fake.detach()}


def generator_loss(
    fake_logits: Tensor | None,
    fake_b: Tensor,
    real_b: Tensor,
    objective: str,
    lambda_l1: float,
    perceptual: Tensor | None = None,
    lambda_perceptual: float = 0.0,
) -> dict[str, Tensor]:
    """-log D(x, G(x, z)) + λ·‖y - G(x, z)‖₁, each a mean; parts that the objective leaves out are absent.

    perceptual: distance of fake and real as a feature network sees them (`perceptual.py`), None in the paper.

    fake_logits: D's logits for the fake, None where the objective is L1 alone.
    fake_b, real_b: (N, C, H, W) in [-1, 1].
    """
    parts: dict[str, Tensor] = {}
    if fake_logits is not None:
        parts["G_gan"] = F.softplus(-fake_logits.float()).mean()
    # Always reported, so that runs can be compared; only weighed where the objective has it.
    l1 = F.l1_loss(fake_b.float(), real_b.float())
    total = sum(parts.values()) + lambda_l1 * l1 if uses_l1(objective) else sum(parts.values())
    if perceptual is not None:
        parts["G_perceptual"] = perceptual
        total = total + lambda_perceptual * perceptual
    return {"G": total, **{name: part.detach() for name, part in parts.items()}, "G_l1": l1.detach()}
