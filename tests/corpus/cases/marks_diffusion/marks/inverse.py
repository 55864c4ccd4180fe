import torch
from diffusers import DDIMInverseScheduler, StableDiffusionXLPipeline


class InversePipeline(StableDiffusionXLPipeline):
    @torch.inference_mode()
    def latents_of(self, picture, sample=False):
        encoded = self.vae.encode(2 * picture - 1).latent_dist
        latents = encoded.sample() if sample else encoded.mode()
        return latents * self.vae.config.scaling_factor

    def turned(self):
        self.scheduler = DDIMInverseScheduler.from_config(self.scheduler.config)
        return self
