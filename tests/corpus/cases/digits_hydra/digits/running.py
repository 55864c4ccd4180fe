from __future__ import annotations

import os


def set_up(cfg) -> None:
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    if cfg.get("platform"):
        os.environ["JAX_PLATFORMS"] = str(cfg.platform)


def begin_run(cfg):
    if not cfg.get("wandb"):
        return None
    import wandb
    from omegaconf import OmegaConf

    return wandb.init(project="digits", config=OmegaConf.to_container(cfg, resolve=True))


def save_params(params, folder: str, step: int) -> str:
    from flax import serialization

    path = os.path.join(folder, f"{step}.msgpack")
    with open(path, "wb") as file:
        file.write(serialization.to_bytes(params))
    return path
