import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import rioxarray as rxr
from cv2 import erode
from rasterio.features import rasterize
from shapely import wkt
from shapely.geometry import Polygon, box
from shapely.ops import unary_union


class Tiler:
    """Cuts pictures from above into tiles, and the roofs on them into masks."""

    def __init__(self, image_dir, out_dir, roofs_path=None):
        self.images = self.load_images(image_dir)
        self.out_dir = Path(out_dir)
        if not self.out_dir.exists():
            self.folder(out_dir)
        self.places = {"tiles": self.folder(self.out_dir / "tiles")}
        if roofs_path:
            self.places["masks"] = self.folder(self.out_dir / "masks")
            self.roofs = self.load_roofs(Path(roofs_path))
        else:
            self.roofs = None

    def load_images(self, image_dir):
        paths = [one for kind in ("*.tif", "*.tiff") for one in Path(image_dir).rglob(kind)]
        if not paths:
            raise OSError(f"no pictures in {image_dir}")
        images = [rxr.open_rasterio(one, default_name=one.stem) for one in paths]
        wanted = images[0].rio.crs
        return [one.rio.reproject(wanted) for one in images]

    def load_roofs(self, roofs_path):
        if roofs_path.suffix.lower() == ".csv":
            rows = pd.read_csv(roofs_path)
            rows["geometry"] = rows["geometry"].apply(wkt.loads)
            roofs = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")
        else:
            roofs = gpd.read_file(roofs_path)
        return self.within(roofs)

    def within(self, roofs):
        frame = unary_union([box(*one.rio.bounds()) for one in self.images])
        roofs = roofs.to_crs(self.images[0].rio.crs)
        return roofs[roofs.intersects(frame)]

    def folder(self, path):
        path = Path(path)
        if path.exists() and any(path.iterdir()):
            shutil.rmtree(path)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def mask(self, image, write=False):
        def in_pixels(shape, transform):
            joined = unary_union(shape)
            return Polygon([~transform * tuple(one) for one in np.array(joined.exterior.coords)])

        shapes = []
        size = (image.shape[1], image.shape[2])
        transform = image.rio.transform()
        for _, row in self.roofs.iterrows():
            if row["geometry"].geom_type == "MultiPolygon":
                shapes.extend(in_pixels(one, transform) for one in row["geometry"].geoms)
            else:
                shapes.append(in_pixels(row["geometry"], transform))
        if shapes:
            mask = rasterize(shapes=shapes, out_shape=size, default_value=255, dtype="uint8")
        else:
            mask = np.full(size, 0, dtype=np.uint8)
        mask = erode(mask, np.ones((3, 3), np.uint8), iterations=1)
        if not write:
            return mask
        about = image.rio.meta.copy()
        about.update({"count": 1})
        with rasterio.open(self.places["masks"] / f"{image.name}.tif", "w", **about) as out:
            out.write(mask, 1)

    def cut(self, size):
        for image in self.images:
            if self.roofs is not None:
                mask = self.mask(image)
            for i in range(image.sizes["x"] // size):
                for j in range(image.sizes["y"] // size):
                    tile = image.isel(x=slice(i * size, (i + 1) * size), y=slice(j * size, (j + 1) * size))
                    tile.rio.to_raster(self.places["tiles"] / f"{image.name}_{i}_{j}.tif")
                    if self.roofs is not None:
                        part = mask[j * size : (j + 1) * size, i * size : (i + 1) * size]
                        np.save(self.places["masks"] / f"{image.name}_{i}_{j}.npy", part)


def counted(tiler, size):
    return sum((one.sizes["x"] // size) * (one.sizes["y"] // size) for one in tiler.images)


if __name__ == "__main__":
    tiler = Tiler("pictures", "out", "roofs.csv")
    print(counted(tiler, 512), "tiles")
    tiler.cut(512)
