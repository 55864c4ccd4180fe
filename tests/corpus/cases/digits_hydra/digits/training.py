from __future__ import annotations

import jax
import jax.numpy as jnp
import optax
from flax.training import train_state

from digits.core.anchors import Anchors


class State(train_state.TrainState):
    pass


def step(key: jax.Array, state: State, batch: jnp.ndarray, anchors: Anchors, weight: float = 1.0):
    def loss_of(params):
        logits = state.apply_fn(params, anchors.table()[batch], jax.random.uniform(key, (batch.shape[0],)))
        return weight * optax.softmax_cross_entropy_with_integer_labels(logits, batch).mean()

    loss, grads = jax.value_and_grad(loss_of)(state.params)
    return state.apply_gradients(grads=grads), {"loss": loss}
