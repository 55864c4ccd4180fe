from pathlib import Path

import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset, random_split
from torchvision import transforms

AS_TENSOR = transforms.Compose([transforms.Resize((64, 64)), transforms.ToTensor()])


class Leaves(Dataset):
    def __init__(self, folder, transform=AS_TENSOR):
        self.files = sorted(Path(folder).glob("*/*.jpg"))
        self.names = sorted({file.parent.name for file in self.files})
        self.transform = transform

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        file = self.files[index]
        picture = Image.open(file).convert("RGB")
        return self.transform(picture), self.names.index(file.parent.name)


def loaders(folder, size=32, share=0.2):
    leaves = Leaves(folder)
    test = int(len(leaves) * share)
    train, rest = random_split(leaves, [len(leaves) - test, test])
    return DataLoader(train, size, shuffle=True), DataLoader(rest, size)
