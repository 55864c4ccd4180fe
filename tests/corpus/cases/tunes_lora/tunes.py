"""Does LoRA on MusicGen train at all on this card? Ten steps, then the adapter is read back."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import numpy as np
import soundfile as sf
import torch
import wandb
from peft import LoraConfig, get_peft_model
from transformers import AutoProcessor, MusicgenForConditionalGeneration

ADAPTER = Path("adapters/tunes")
REPORT = Path("reports/tunes.json")
STYLES = {
    "harbour waltz": "a slow waltz with accordion and bowed bass",
    "night train": "steady brushes, a muted trumpet and an upright piano",
}
SUNG = Path("songs/hummed.wav")
PLAYED = Path("songs/played")


def revision() -> str:
    try:
        said = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], stderr=subprocess.DEVNULL)
    except Exception:
        return "none"
    return said.decode().strip()


def resampled(path: Path, rate: int = 32000) -> np.ndarray:
    wave, had = sf.read(str(path), dtype="float32", always_2d=False)
    if wave.ndim > 1:
        wave = wave.mean(axis=1)
    if had != rate:
        from scipy.signal import resample_poly

        wave = resample_poly(wave, rate, had).astype(np.float32)
    return wave


def main(steps: int = 10, rank: int = 8, speed: float = 1e-4) -> None:
    settings = {"revision": revision(), "steps": steps, "rank": rank, "speed": speed}
    run = wandb.init(project="tunes", config=settings, tags=["lora"], dir="logs")
    began = time.time()
    processor = AutoProcessor.from_pretrained("facebook/musicgen-small")
    model = MusicgenForConditionalGeneration.from_pretrained(
        "facebook/musicgen-small", torch_dtype=torch.float32
    ).to("cuda")
    print(f"read in {time.time() - began:.1f} s")
    layers = [
        name
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and name.endswith("q_proj")
    ]
    model = get_peft_model(model, LoraConfig(target_modules=layers, r=rank, lora_alpha=rank * 2))
    wandb.summary["trainable"] = sum(p.numel() for p in model.parameters() if p.requires_grad)

    print(f"{len(resampled(SUNG)) / 32000:.1f} s are sung")
    pairs = []
    for name, words in STYLES.items():
        file = PLAYED / f"{name.replace(' ', '_')}.wav"
        if file.exists():
            pairs.append((words, resampled(file)))
    if not pairs:
        run.finish()
        return

    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=speed)
    losses = []
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    for step in range(steps):
        words, wave = pairs[step % len(pairs)]
        inputs = processor(text=[words], padding=True, return_tensors="pt")
        for key, value in inputs.items():
            if torch.is_tensor(value):
                inputs[key] = value.to("cuda")
        target = torch.from_numpy(wave[:320000]).unsqueeze(0).unsqueeze(0).to("cuda")
        with torch.no_grad():
            labels = base.audio_encoder.encode(target).audio_codes[0]
        optimizer.zero_grad()
        loss = model(input_ids=inputs["input_ids"], labels=labels).loss
        loss.backward()
        optimizer.step()
        losses.append(float(loss.item()))
        wandb.log({"step": step, "loss": loss.item()})

    ADAPTER.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(str(ADAPTER))
    from peft import PeftModel

    again = MusicgenForConditionalGeneration.from_pretrained("facebook/musicgen-small")
    read_back = PeftModel.from_pretrained(again, str(ADAPTER))
    summary = {"first": losses[0], "least": min(losses), "parts": sum(1 for _ in read_back.parameters())}
    wandb.summary.update(summary)
    REPORT.write_text(json.dumps({"summary": summary, "losses": losses}, indent=2))
    run.finish()


def _nothing():
    from contextlib import nullcontext

    return nullcontext()


if __name__ == "__main__":
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--rank", type=int, default=8)
    main(**vars(parser.parse_args()))
