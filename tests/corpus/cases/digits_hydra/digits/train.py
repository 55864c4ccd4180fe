from __future__ import annotations

import os
import time
from functools import partial

import hydra
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from digits.running import begin_run, save_params, set_up


@hydra.main(config_path="../config", config_name="config", version_base="1.3")
def main(cfg: DictConfig) -> None:
    print(OmegaConf.to_yaml(cfg))
    set_up(cfg)

    import jax
    import jax.numpy as jnp
    import numpy as np
    import optax

    from digits.core.anchors import Anchors
    from digits.data.discrete import read_digits
    from digits.models.head import Head
    from digits.training import State, step

    rows = read_digits(split="train", batch=cfg.batch, seed=cfg.seed)
    print(jax.default_backend())
    anchors = Anchors(L=int(cfg.L), gray=bool(cfg.gray))
    schedule = instantiate(cfg.schedule)

    def make_optimizer() -> optax.GradientTransformation:
        return optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule))

    def first_state(key: jax.Array) -> State:
        model = Head(L=anchors.L)
        params = model.init(key, jnp.zeros((1, 28, 28, anchors.d)), jnp.zeros((1,)))
        return State.create(apply_fn=model.apply, params=params, tx=make_optimizer())

    key = jax.random.PRNGKey(int(cfg.seed))
    key, first = jax.random.split(key)
    state = first_state(first)
    stepped = jax.jit(partial(step, anchors=anchors, weight=float(cfg.weight)))
    run = begin_run(cfg)
    began = time.time()
    for i, batch in enumerate(rows, start=1):
        if i > int(cfg.steps):
            break
        key, sub = jax.random.split(key)
        state, metrics = stepped(sub, state, jnp.asarray(batch))
        if i % int(cfg.log_every) == 0:
            told = {name: float(value) for name, value in metrics.items()}
            told["mean"] = float(np.mean(batch))
            told["seconds"] = time.time() - began
            print(told)
            if run is not None:
                import wandb

                wandb.log(told, step=i)
    print(save_params(state.params, os.getcwd(), int(cfg.steps)))


if __name__ == "__main__":
    main()
