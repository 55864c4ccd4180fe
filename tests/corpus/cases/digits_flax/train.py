"""Reads digits of meters with Flax, from TensorFlow's data sets."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import attrs
import cattrs
import jax
import jax.numpy as jnp
import numpy as np
import optax
import tensorflow_datasets as tfds
from flax import linen as nn
from flax import serialization
from flax.metrics import tensorboard
from flax.training import train_state

if TYPE_CHECKING:
    import tensorflow as tf
    from flax import core

log = logging.getLogger(__name__)


@attrs.define
class Settings:
    rate: float = 0.05
    batch: int = 64
    epochs: int = 4
    board: bool = False

    def as_dict(self) -> dict[str, Any]:
        return cattrs.unstructure(self)


class Net(nn.Module):
    @nn.compact
    def __call__(self, x: jnp.ndarray) -> jnp.ndarray:
        x = nn.relu(nn.Conv(features=16, kernel_size=(3, 3))(x))
        x = nn.max_pool(x, window_shape=(2, 2), strides=(2, 2))
        return nn.Dense(features=10)(x.reshape((x.shape[0], -1)))


@jax.jit
def gradients(state: train_state.TrainState, pictures, known):
    def loss_of(params: core.FrozenDict[str, Any]):
        guess = state.apply_fn({"params": params}, pictures)
        return optax.softmax_cross_entropy(guess, jax.nn.one_hot(known, 10)).mean(), guess

    (loss, guess), grads = jax.value_and_grad(loss_of, has_aux=True)(state.params)
    return grads, loss, jnp.mean(jnp.argmax(guess, -1) == known)


@jax.jit
def moved(state, grads):
    return state.apply_gradients(grads=grads)


def one_epoch(state, data, batch, key):
    steps = len(data["image"]) // batch
    order = jax.random.permutation(key, len(data["image"]))[: steps * batch].reshape((steps, batch))
    losses, hits = [], []
    for part in order:
        grads, loss, hit = gradients(state, data["image"][part, ...], data["label"][part, ...])
        state = moved(state, grads)
        losses.append(loss)
        hits.append(hit)
    return state, np.mean(losses), np.mean(hits)


def sets() -> tuple[dict[str, tf.Tensor], dict[str, tf.Tensor]]:
    builder = tfds.builder("mnist")
    builder.download_and_prepare()
    found = []
    for part in ("train", "test"):
        data = tfds.as_numpy(builder.as_dataset(split=part, batch_size=-1))
        data["image"] = jnp.float32(data["image"]) / 255.0
        found.append(data)
    return found[0], found[1]


def begun(key, settings: Settings) -> train_state.TrainState:
    net = Net()
    params = net.init(key, jnp.ones([1, 28, 28, 1]))["params"]
    return train_state.TrainState.create(apply_fn=net.apply, params=params, tx=optax.adam(settings.rate))


def trained(settings: Settings, folder: str) -> train_state.TrainState:
    train, test = sets()
    writer = tensorboard.SummaryWriter(folder) if settings.board else None
    if writer is not None:
        writer.hparams(settings.as_dict())
    key, first = jax.random.split(jax.random.PRNGKey(0))
    state = begun(first, settings)
    for epoch in range(settings.epochs):
        key, now = jax.random.split(key)
        state, loss, hit = one_epoch(state, train, settings.batch, now)
        _, test_loss, test_hit = gradients(state, test["image"], test["label"])
        log.info("%d: %.3f %.3f, %.3f %.3f", epoch, loss, hit, test_loss, test_hit)
        if writer is not None:
            writer.scalar("loss", loss, epoch)
    return state


def kept(state, path: str) -> None:
    with open(path, "wb") as file:
        file.write(serialization.to_bytes(state))


if __name__ == "__main__":
    kept(trained(Settings(board=True), "board"), "net.msgpack")
