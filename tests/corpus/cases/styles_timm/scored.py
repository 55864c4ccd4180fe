import os

import timm
import torch
from torchvision import transforms

torch.hub.set_dir("cache")
import sys

import fire
from PIL import Image
from tqdm import tqdm

sys.path.append("")
from named.lists import STYLES, THINGS


def judge(path, count, device):
    model = timm.create_model("vit_large_patch16_224.augreg_in21k", pretrained=True).to(device)
    model.head = torch.nn.Linear(1024, count).to(device)
    model.load_state_dict(torch.load(path, map_location=device)["model_state_dict"])
    model.eval()
    return model


def main(pictures, out, style_file, thing_file, seeds=[188, 288], dry=False, size=32):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    os.makedirs(out, exist_ok=True)
    of_style = judge(style_file, len(STYLES), device)
    of_thing = judge(thing_file, len(THINGS), device)
    right = {"styles": {one: 0.0 for one in STYLES}, "things": {one: 0.0 for one in THINGS}}
    same = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()])

    class Pictures(torch.utils.data.Dataset):
        def __init__(self, paths, labels):
            self.paths = paths
            self.labels = labels

        def __len__(self):
            return len(self.paths)

        def __getitem__(self, index):
            return same(Image.open(self.paths[index])), self.labels[index]

    paths, styles, things = [], [], []
    for i, style in enumerate(STYLES):
        for j, thing in enumerate(THINGS):
            for seed in seeds:
                paths.append(os.path.join(pictures, f"{style}_{thing}_{seed}.jpg"))
                styles.append(i)
                things.append(j)
    for name, model, labels, names in (("styles", of_style, styles, STYLES), ("things", of_thing, things, THINGS)):
        loader = torch.utils.data.DataLoader(Pictures(paths, labels), batch_size=size, num_workers=4)
        for images, wanted in tqdm(loader):
            with torch.no_grad():
                said = torch.argmax(model(images.to(device)), dim=1)
            for i in range(len(wanted)):
                if said[i].item() == wanted[i].item():
                    right[name][names[wanted[i].item()]] += 1
    if not dry:
        torch.save(right, os.path.join(out, "right.pth"))


if __name__ == "__main__":
    fire.Fire(main)
