import json
import logging
import os

import fiona
import numpy as np
import rasterio
import rasterio.mask
from osgeo import gdal

from extract.base import Extractor
from extract.crawl import Wetness

logger = logging.getLogger("wetness")
BORDER = "data/border.shp"


class Tiff(Extractor):
    def __init__(self):
        super().__init__()
        self.data = []

    def extract(self, file: str) -> np.ndarray:
        small, cut = f"{file}.small.tif", f"{file}.cut.tif"
        os.system(f"gdalwarp -r bilinear -tr 0.04 0.04 -overwrite {file} {small}")
        os.system(f"gdalwarp -te -125 24 -66 50 {small} {cut}")
        self.data = np.array(gdal.Open(cut).ReadAsArray())
        for one in (small, cut):
            os.remove(one)
        logger.info("%s is read", file)
        return self.data

    def export(self, kind: str, name) -> None:
        if kind == "json":
            with open(name, "w") as out:
                json.dump(self.data.tolist(), out)

    @staticmethod
    def masked(source, target) -> None:
        with fiona.open(BORDER, "r") as shapes:
            parts = [one["geometry"] for one in shapes]
        with rasterio.open(source) as src:
            image, transform = rasterio.mask.mask(src, parts, crop=True)
            meta = src.meta.copy()
        meta.update({"height": image.shape[1], "width": image.shape[2], "transform": transform})
        with rasterio.open(target, "w", **meta) as out:
            out.write(image)


def main(day):
    tiff = Tiff()
    file = Wetness().crawl(day)
    if file is not None:
        print(shape_of(tiff.extract(file)))
        tiff.export("json", f"{day}.json")


def shape_of(values):
    return values.shape


if __name__ == "__main__":
    main("20240101")
