"""Draws posters and short films from words, with Diffusers."""

import argparse
import gc
from pathlib import Path

import numpy as np
import torch
from diffusers import (
    AnimateDiffPipeline,
    AutoencoderKL,
    ControlNetModel,
    DPMSolverMultistepScheduler,
    MotionAdapter,
    StableDiffusionPipeline,
    StableDiffusionXLControlNetPipeline,
)
from diffusers.utils import export_to_gif, export_to_video, load_image, make_image_grid


def quick(name, lora):
    pipe = StableDiffusionPipeline.from_pretrained(name, torch_dtype=torch.float16, safety_checker=None)
    pipe.scheduler = DPMSolverMultistepScheduler.from_config(pipe.scheduler.config, use_karras_sigmas=True)
    pipe.load_lora_weights(lora, weight_name="posters.safetensors", adapter_name="posters")
    pipe.fuse_lora(lora_scale=0.8)
    pipe.enable_xformers_memory_efficient_attention()
    return pipe.to("cuda")


def edges_of(picture):
    import cv2

    edges = cv2.Canny(np.array(picture), 90, 190)
    return np.concatenate([edges[:, :, None]] * 3, axis=2)


def careful():
    control = ControlNetModel.from_pretrained("diffusers/controlnet-canny-sdxl-1.0", torch_dtype=torch.float16)
    vae = AutoencoderKL.from_pretrained("madebyollin/sdxl-vae-fp16-fix", torch_dtype=torch.float16)
    pipe = StableDiffusionXLControlNetPipeline.from_pretrained(
        "stabilityai/stable-diffusion-xl-base-1.0", controlnet=control, vae=vae, torch_dtype=torch.float16
    )
    pipe.enable_model_cpu_offload()
    return pipe


def posters(pipe, words, many):
    maker = torch.Generator("cpu").manual_seed(11)
    pictures = pipe(words, num_images_per_prompt=many, generator=maker, num_inference_steps=25).images
    make_image_grid(pictures, rows=1, cols=many).save("posters.png")
    return pictures


def traced(pipe, words, source):
    from PIL import Image

    sketch = Image.fromarray(edges_of(load_image(source)))
    found = pipe(words, image=sketch, controlnet_conditioning_scale=0.5).images[0]
    found.save("traced.png")
    return found


def film(words, out):
    adapter = MotionAdapter.from_pretrained("guoyww/animatediff-motion-adapter-v1-5-2")
    pipe = AnimateDiffPipeline.from_pretrained("SG161222/Realistic_Vision_V5.1_noVAE", motion_adapter=adapter)
    pipe.enable_vae_slicing()
    pipe.enable_sequential_cpu_offload()
    frames = pipe(words, num_frames=16, guidance_scale=7.5).frames[0]
    export_to_gif(frames, "film.gif")
    return export_to_video(frames, str(out / "film.mp4"), fps=8)


def forget(*pipes):
    for one in pipes:
        one.maybe_free_model_hooks()
    gc.collect()
    torch.cuda.empty_cache()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("words")
    parser.add_argument("--out", type=Path, default=Path("."))
    args = parser.parse_args()
    fast, slow = quick("runwayml/stable-diffusion-v1-5", "loras"), careful()
    posters(fast, args.words, 4)
    traced(slow, args.words, "https://example.org/harbour.png")
    forget(fast, slow)
    print(film(args.words, args.out))


if __name__ == "__main__":
    main()
