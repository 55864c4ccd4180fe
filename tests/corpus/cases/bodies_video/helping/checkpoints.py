import os

import torch
from safetensors.torch import load_file


def load_weights(network, path, logger):
    state = load_file(path) if path.endswith(".safetensors") else torch.load(path, map_location="cpu")
    missing, _ = network.load_state_dict(state, strict=False)
    logger.info("missing: %s", missing)


def build_optimizer(network, rate):
    groups = [{"params": [p for p in network.parameters() if p.requires_grad], "lr": rate}]
    return torch.optim.AdamW(groups, weight_decay=0.05)


def saved(accelerator, network, step, folder):
    if accelerator.is_main_process:
        state = accelerator.unwrap_model(network).state_dict()
        torch.save({"state": state, "step": step}, os.path.join(folder, f"{step}.pth"))
    accelerator.wait_for_everyone()
