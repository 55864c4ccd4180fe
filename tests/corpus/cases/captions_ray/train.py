import os

import ray
import torch
from PIL import Image
from torch.optim import AdamW
from torch.utils.data import DataLoader
from transformers import BertTokenizer, VisionEncoderDecoderModel, ViTFeatureExtractor

ray.init(address="ray://head.example.org:10001")


@ray.remote(num_gpus=1)
class Trainer:
    def __init__(self):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = VisionEncoderDecoderModel.from_pretrained("example/captions").to(self.device)
        self.eyes = ViTFeatureExtractor.from_pretrained("example/eyes")
        self.words = BertTokenizer.from_pretrained("example/words")

    def train(self, pictures, captions, rounds=5, size=4):
        batches = DataLoader(list(zip(pictures, captions)), batch_size=size, shuffle=True)
        optimizer = AdamW(self.model.parameters(), lr=4e-5)
        self.model.train()
        for number in range(rounds):
            for some, texts in batches:
                seen = torch.stack([self.eyes(one, return_tensors="pt").pixel_values[0] for one in some])
                said = torch.stack([self.words(one, return_tensors="pt").input_ids[0] for one in texts])
                optimizer.zero_grad()
                loss = self.model(pixel_values=seen, labels=said).loss
                loss.backward()
                optimizer.step()
            print(f"round {number}: {loss.item()}")
        self.model.save_pretrained("./kept")
        self.words.save_pretrained("./kept")
        return {"rounds": rounds}


def load(pictures_folder, captions_folder):
    pictures, captions = [], []
    for name in os.listdir(pictures_folder):
        if name.endswith((".jpg", ".png")):
            pictures.append(Image.open(os.path.join(pictures_folder, name)).convert("RGB"))
            with open(os.path.join(captions_folder, os.path.splitext(name)[0] + ".txt")) as file:
                captions.append(file.read().strip())
    return pictures, captions


pictures_folder = "./data/pictures"
captions_folder = "./data/captions"

if os.path.exists(pictures_folder) and os.path.exists(captions_folder):
    pictures, captions = load(pictures_folder, captions_folder)
    there = ray.put(pictures), ray.put(captions)
    trainer = Trainer.remote()
    print(ray.get(trainer.train.remote(*there, rounds=3)))
else:
    print("no data")
