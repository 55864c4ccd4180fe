import json
import logging
import os
import zipfile
from abc import ABC, abstractmethod

import fiona
import numpy as np
import rasterio
import rasterio.mask
import rootpath

rootpath.append()
from paths import DATA, SHAPES

log = logging.getLogger("soil")


class Extractor(ABC):
    def __init__(self):
        self.parts = 0

    @abstractmethod
    def extract(self, path: str):
        """Reads a file."""


class Pictures(Extractor):
    def __init__(self):
        super().__init__()
        self.data = []

    def extract(self, path: str) -> np.ndarray:
        name = os.path.basename(path).split(".")[-2]
        finer, cut = os.path.join(DATA, f"{name}_finer.tif"), os.path.join(DATA, f"{name}_cut.tif")
        os.system(f"gdalwarp -r bilinear -tr 0.04 0.04 -overwrite {path} {finer}")
        os.system(f"gdalwarp -te -125 24 -66 49 {finer} {cut}")
        with rasterio.open(cut) as picture:
            self.data = np.array(picture.read(1))
        for one in (finer, cut):
            os.remove(one)
        log.info("%s is read", path)
        return self.data

    def export(self, kind: str, file) -> None:
        if kind == "json":
            json.dump(self.data.tolist(), open(file, "w"))

    @staticmethod
    def masked(source, target) -> None:
        with fiona.open(SHAPES, "r") as shapes:
            wanted = [shape["geometry"] for shape in shapes]
        with rasterio.open(source) as picture:
            image, transform = rasterio.mask.mask(picture, wanted, crop=True)
            meta = picture.meta.copy()
        meta.update({"height": image.shape[1], "width": image.shape[2], "transform": transform})
        with rasterio.open(target, "w", **meta) as out:
            out.write(image)


def unzipped(path):
    with zipfile.ZipFile(path) as packed:
        names = [name for name in packed.namelist() if name.endswith(".tif")]
        packed.extractall(os.path.dirname(path), members=names)
    return [os.path.join(os.path.dirname(path), name) for name in names]


def average(picture):
    return float(picture[picture > 0].mean())


if __name__ == "__main__":
    extractor = Pictures()
    for path in unzipped("data/soil/week.zip"):
        print(average(extractor.extract(path)))
