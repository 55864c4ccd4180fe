import flax.linen as nn
import jax.numpy as jnp


class Head(nn.Module):
    L: int
    width: int = 32

    @nn.compact
    def __call__(self, y: jnp.ndarray, t: jnp.ndarray) -> jnp.ndarray:
        h = nn.Conv(self.width, (3, 3))(y)
        h = nn.gelu(h + nn.Dense(self.width)(t[:, None])[:, None, None, :])
        return nn.Dense(self.L)(h)
