from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import MNIST


def digits(train=True):
    return MNIST("digits", download=True, train=train, transform=transforms.ToTensor())


def loader_of(dataset, sampler=None):
    return DataLoader(dataset, batch_size=32, sampler=sampler, num_workers=1)


def loader(train=True):
    return loader_of(digits(train))
