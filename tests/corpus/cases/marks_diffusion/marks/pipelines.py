import numpy as np
import torch
from diffusers import DPMSolverMultistepScheduler, StableDiffusionXLPipeline
from huggingface_hub import hf_hub_download
from PIL import Image
from safetensors.torch import load_file
from torchvision import transforms
from torchvision.transforms import ToPILImage

from marks.inverse import InversePipeline
from marks.ring import found, marked

BASE = "stabilityai/stable-diffusion-xl-base-1.0"
REPO, FILE = "ByteDance/SDXL-Lightning", "sdxl_lightning_4step_unet.safetensors"


class Plain:
    def __init__(self, device: str = "cuda"):
        self.device = device if torch.cuda.is_available() else "cpu"
        self.model = self.loaded()

    def loaded(self):
        scheduler = DPMSolverMultistepScheduler.from_pretrained(BASE, subfolder="scheduler")
        pipe = StableDiffusionXLPipeline.from_pretrained(BASE, scheduler=scheduler, torch_dtype=torch.float16, variant="fp16").to(self.device)
        pipe.unet.load_state_dict(load_file(hf_hub_download(REPO, FILE), device=self.device))
        return pipe

    def drawn(self, prompt: str, key: int = None, **more) -> Image.Image:
        return self.model(prompt=prompt, num_inference_steps=4, guidance_scale=0, **more).images[0]

    def detected(self, picture: Image.Image) -> int:
        return np.random.randint(0, 8)


class Ring(Plain):
    def loaded(self):
        pipe = InversePipeline.from_pretrained(BASE, torch_dtype=torch.float16, variant="fp16").to(self.device)
        pipe.unet.load_state_dict(load_file(hf_hub_download(REPO, FILE), device=self.device))
        return pipe

    def drawn(self, prompt: str, key: int = None, **more) -> Image.Image:
        latents = marked(torch.randn(1, 4, 128, 128), key)
        out = self.model(prompt=prompt, latents=latents, output_type="pt", num_inference_steps=4, **more)
        return ToPILImage()(out.images[0])

    def detected(self, picture: Image.Image) -> int:
        tensor = transforms.Compose([transforms.ToTensor()])(picture)
        latents = self.model.latents_of(tensor.unsqueeze(0))
        return found(latents.cpu().numpy())


def main(prompt="a boat on a lake"):
    marker = Ring()
    picture = marker.drawn(prompt, key=3)
    picture.save("boat.png")
    return marker.detected(picture)


if __name__ == "__main__":
    main()
