import argparse
import os

import torch
from PIL import Image
from transformers import CLIPModel, CLIPProcessor

NAME = "models/clip-large"
model = CLIPModel.from_pretrained(NAME, local_files_only=True)
processor = CLIPProcessor.from_pretrained(NAME, local_files_only=True)
device = "cuda" if torch.cuda.is_available() else "cpu"
model.to(device)
model.eval()


def opened(path):
    try:
        return Image.open(path).convert("RGB")
    except OSError:
        return None


def unit(rows):
    return rows / rows.norm(p=2, dim=-1, keepdim=True)


def index(folder):
    paths, rows = [], []
    for name in sorted(os.listdir(folder)):
        picture = opened(os.path.join(folder, name))
        if picture is None:
            continue
        given = processor(images=picture, return_tensors="pt").to(device)
        with torch.no_grad():
            rows.append(unit(model.get_image_features(**given)).cpu())
        paths.append(name)
    return (torch.cat(rows), paths) if rows else (None, [])


def nearest(words, rows, paths, most=5):
    given = processor(text=[words], return_tensors="pt", padding=True).to(device)
    with torch.no_grad():
        row = unit(model.get_text_features(**given))
    near = (rows.to(device) @ row.T).squeeze(1)
    scores, places = near.topk(most)
    return [(paths[at], float(score)) for at, score in zip(places, scores)]


def show(found):
    for path, score in found:
        print(f"{score:.3f} {path}")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", required=True)
    parser.add_argument("--folder", default="data/pictures")
    return parser.parse_args()


if __name__ == "__main__":
    said = arguments()
    rows, paths = index(said.folder)
    show(nearest(said.words, rows, paths))
