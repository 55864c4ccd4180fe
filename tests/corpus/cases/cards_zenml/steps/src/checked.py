"""Pictures as deepchecks wants them."""

import numpy as np
import torch
import torchvision
from deepchecks.vision.detection_data import DetectionData


class CheckedCards(DetectionData):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def batch_to_images(self, batch: tuple) -> np.ndarray:
        whole = torch.stack(list(batch[0])).cpu().detach().numpy().transpose((0, 2, 3, 1))
        return np.clip(whole, 0, 1) * 255

    def batch_to_labels(self, batch: tuple) -> list:
        return [torch.concat([torch.reshape(one["labels"], (-1, 1)), one["boxes"]], dim=1) for one in batch[1]]

    def infer_on_batch(self, batch, model, device) -> list:
        with torch.no_grad():
            guesses = model([image.to(device) for image in batch[0]])
        done = []
        for guess in guesses:
            keep = torchvision.ops.nms(guess["boxes"], guess["scores"], 0.2)
            done.append(guess["boxes"][keep].reshape((-1, 4)))
        return done
