"""One step of momentum with gains."""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels.compiled import compiled


@compiled
def advance(
    layout: np.ndarray,
    velocity: np.ndarray,
    gains: np.ndarray,
    pull: np.ndarray,
    push: np.ndarray,
    exaggeration: np.float32,
    inverse: np.float32,
    rate: np.float32,
    momentum: np.float32,
) -> None:
    """Moves flat float32 arrays one step down exaggeration * pull - inverse * push."""
    for i in range(layout.shape[0]):
        direction = exaggeration * pull[i] - inverse * push[i]
        same = (direction > 0) == (velocity[i] > 0)
        gain = max(gains[i] * np.float32(0.8), np.float32(0.01)) if same else gains[i] + np.float32(0.2)
        gains[i] = gain
        speed = momentum * velocity[i] - rate * gain * direction
        velocity[i] = speed
        layout[i] += speed
