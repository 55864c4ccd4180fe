"""Pictures by what is said of them, and clips by a picture."""

import math
import os
import tempfile

import imageio
import numpy as np
import torch
from diffusers import AutoPipelineForText2Image, StableVideoDiffusionPipeline
from diffusers.utils import export_to_video, load_image
from PIL import Image

MODEL = "stabilityai/stable-diffusion-xl-base-1.0"
SUPPORTED = ["StableDiffusionXLPipeline", "StableDiffusionPipeline"]


def fetch(folder="./models"):
    pipe = AutoPipelineForText2Image.from_pretrained(
        MODEL, torch_dtype=torch.float16, variant="fp16", use_safetensors=True, token=os.environ["HF_TOKEN"]
    )
    pipe.save_pretrained(folder)


def _sizes(count, batch):
    full = [batch] * (count // batch)
    return full + ([count % batch] if count % batch else [])


def _drawn(pipe, prompt, batch, generator):
    found = pipe([prompt] * batch, height=512, width=512, generator=generator, num_inference_steps=50)
    return found.images


def drawn(folder, prompts, count=3, batch=3, seed=420):
    pipe = AutoPipelineForText2Image.from_pretrained(folder, variant="fp16", torch_dtype=torch.float16)
    if pipe.__class__.__name__ not in SUPPORTED:
        raise ValueError("one of " + ", ".join(SUPPORTED))
    generator = torch.cuda.manual_seed(seed)
    pipe = pipe.to("cuda")
    done = []
    for prompt in prompts:
        pictures = []
        for size in _sizes(count, batch):
            pictures.extend(_drawn(pipe, prompt, size, generator))
        done.append((pictures, prompt))
    return done


def square(path, side=576):
    image = Image.open(path).convert("RGB")
    scale = side / min(image.size)
    return image.resize((math.ceil(image.width * scale), math.ceil(image.height * scale)))


def clip(folder, path, frames):
    pipe = StableVideoDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float16, variant="fp16")
    pipe.enable_model_cpu_offload()
    found = pipe(load_image(square(path)), decode_chunk_size=8, num_frames=frames).frames[0]
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        export_to_video(found, file.name, fps=7)
        return file.read()


def looped(pictures, path):
    arrays = [np.asarray(one) for one in pictures]
    imageio.mimsave(path, arrays + arrays[::-1], fps=5)
