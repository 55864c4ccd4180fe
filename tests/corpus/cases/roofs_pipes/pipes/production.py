"""Pipes joined."""

from torch.utils.data import DataLoader

from pipes.changing import AddSun, Normalize, ToOsgb
from pipes.model import settings_of
from pipes.roofs import OpenRoofs
from pipes.satellite import OpenSatellite


def halved(field):
    return field / 2


def pictures(path):
    return Normalize(ToOsgb(OpenSatellite(path)), change=halved)


def roofs(path):
    return AddSun(OpenRoofs(settings_of(path)), name="roofs")


def loader(path, workers=0):
    return DataLoader(pictures(path), batch_size=None, num_workers=workers)


def first(one):
    for field in one:
        return float(field.max())


def main(path, settings):
    print(first(loader(path)))
    for batch in roofs(settings):
        print(batch)
        break
