"""What the plots show beyond losses, and one line of advice when the game has ended early.

Computed from what a step leaves behind, every hundred steps: the steps themselves are not touched.
"""

from collections import deque

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pix2pix.config import TrainConfig, is_conditional, uses_gan
from pix2pix.devices import autocast
from pix2pix.images import keep_known
from pix2pix.models.generator import Noise
from pix2pix.training.step import Networks

WINDOWS = 10  # rows of figures in a row, of a hundred steps each, before anything is said
# In runs that went well D's loss (half the sum of both) stayed above 0.05 and G_gan below 5.
D_WON, G_LOST = 0.02, 6.0
# Spread of the made pictures between inputs, as a share of the real ones' spread; from 0.5 up in good runs.
ALIKE = 0.1

D_WINS = (
    "D tells every made picture from a real one (D {d:.3f}, G_gan {g:.1f} over {steps} steps), so G learns "
    "from L1 alone: try --augment, a smaller --ndf, a lower --n-layers, or more pairs"
)
COLLAPSED = (
    "G makes nearly the same picture of every input (they differ by {share:.0%} of what real ones do): try a "
    "higher --lambda-l1, --skips, a lower --learning-rate, and look at the pairs with `pix2pix doctor`"
)


def gradient_norm(network: nn.Module) -> float:
    """Length of the gradient that the last step left; 0 where there is none."""
    gradients = [weight.grad for weight in network.parameters() if weight.grad is not None]
    return float(torch.nn.utils.get_total_norm(gradients)) if gradients else 0.0


@torch.no_grad()
def look(
    networks: Networks, real_a: Tensor, real_b: Tensor, z: Noise, config: TrainConfig
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """A batch after its step → D's probabilities by name, then small made and real pictures (N, C, 8, 8)."""
    with autocast(config.precision, real_a.device):
        fake_b = networks.generator(real_a, z)
        if config.pairs == "holes":
            fake_b = keep_known(real_a, fake_b)
        scores = {}
        if uses_gan(config.objective):
            seen = (real_a,) if is_conditional(config.objective) else ()
            for name, b in (("real", real_b), ("made", fake_b)):
                scores[f"scores of D/{name}"] = (
                    networks.discriminator(*seen, b).sigmoid().float().cpu().numpy()
                )
    small = [F.adaptive_avg_pool2d(b.float(), 8).cpu().numpy() for b in (fake_b, real_b)]
    return scores, small[0], small[1]


class Monitor:
    """Watches the figures and says each piece of advice once."""

    def __init__(self) -> None:
        self._losses: deque[tuple[float, float]] = deque(maxlen=WINDOWS)
        self._made: deque[np.ndarray] = deque(maxlen=WINDOWS)
        self._real: deque[np.ndarray] = deque(maxlen=WINDOWS)
        self._said: set[str] = set()

    def observe(self, losses: dict[str, float], made: np.ndarray, real: np.ndarray, steps: int) -> list[str]:
        """What is to be said after a row of figures: lines, most often none.

        losses: means over the last `steps` steps. made, real: small pictures as `look` returns them.
        """
        if "D" in losses:
            self._losses.append((losses["D"], losses["G_gan"]))
        self._made.append(made[0])
        self._real.append(real[0])
        lines = []
        if len(self._losses) == WINDOWS and all(d < D_WON and g > G_LOST for d, g in self._losses):
            lines += self._once(D_WINS.format(d=losses["D"], g=losses["G_gan"], steps=WINDOWS * steps))
        if len(self._made) == WINDOWS:
            spread, usual = (float(np.std(pictures, axis=0).mean()) for pictures in (self._made, self._real))
            if usual > 0.02 and spread < ALIKE * usual:
                lines += self._once(COLLAPSED.format(share=spread / usual))
        return lines

    def _once(self, line: str) -> list[str]:
        kind = line.split()[0]
        if kind in self._said:
            return []
        self._said.add(kind)
        return [line]
