from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np


@dataclass
class Anchors:
    L: int
    gray: bool = True

    @property
    def d(self) -> int:
        return int(np.ceil(np.log2(self.L)))

    def table(self) -> jnp.ndarray:
        codes = np.arange(self.L)
        codes = codes ^ (codes >> 1) if self.gray else codes
        return jnp.asarray([[(c >> i) & 1 for i in range(self.d)] for c in codes], dtype=jnp.float32) * 2 - 1
