"""Tiles of the sky, grey and in two colours."""

import json
import os

import numpy as np

WIDTH = 512


def tile_path(root, order, pixel, ending):
    return os.path.join(root, f"Norder{order}", f"Dir{pixel // 10000 * 10000}", f"Npix{pixel}.{ending}")


def tiles(root, order, ending):
    import glob

    for path in sorted(glob.glob(os.path.join(root, f"Norder{order}", "Dir*", f"Npix*.{ending}"))):
        yield int(os.path.basename(path).split("Npix")[1].split(".")[0]), path


def properties(root):
    found = {}
    with open(os.path.join(root, "properties")) as lines:
        for line in lines:
            if "=" in line:
                name, value = line.split("=", 1)
                found[name.strip()] = value.strip()
    return found


def deepest(root):
    orders = [int(name[6:]) for name in os.listdir(root) if name.startswith("Norder")]
    return max(orders) if orders else None


def grey(paths, out, order=None, threads=8):
    from astropy.io import fits
    from astropy.wcs import WCS
    from reproject import reproject_interp
    from reproject.hips import reproject_to_hips

    inputs = []
    for path in [paths] if isinstance(paths, str) else list(paths):
        with fits.open(path) as units:
            unit = units["SCI"] if "SCI" in [one.name for one in units] else units[0]
            inputs.append((np.asarray(unit.data, float), WCS(unit.header)))
    os.makedirs(out, exist_ok=True)
    more = {} if order is None else {"level": order}
    reproject_to_hips(inputs, reproject_function=reproject_interp, output_directory=out, threads=threads, **more)
    return out


class Members:
    def __init__(self, path):
        self.path = path
        self.members = []
        if os.path.exists(path):
            with open(path) as text:
                self.members = json.load(text).get("members", [])

    def add(self, path, field):
        entry = {"path": os.path.abspath(path), "field": field}
        if entry["path"] not in {one["path"] for one in self.members}:
            self.members.append(entry)
        return self

    def save(self):
        with open(self.path, "w") as to:
            json.dump({"members": self.members}, to, indent=2)
        return self.path

    def paths(self):
        return [one["path"] for one in self.members]


def tile_array(path):
    from astropy.io import fits

    with fits.open(path) as units:
        for unit in units:
            if getattr(unit, "data", None) is not None:
                return np.asarray(unit.data, float)
    return None


def limits(root, order=3, parts=(1.0, 99.5)):
    deep = deepest(root)
    order = min(order, deep) if deep is not None else order
    values = []
    for _, path in tiles(root, order, "fits"):
        array = tile_array(path)
        if array is not None:
            values.append(array[np.isfinite(array)])
    if not values:
        raise ValueError("nothing finite")
    low, high = np.percentile(np.concatenate(values), parts)
    return float(low), float(high)


def stretched(array, low, high):
    x = np.clip((np.asarray(array, float) - low) / max(high - low, 1e-30), 0, 1)
    return np.clip(np.arcsinh(x / 0.1) / np.arcsinh(10.0), 0, 1)


def two_colours(blue, red, blue_limits, red_limits):
    b, r = stretched(blue, *blue_limits), stretched(red, *red_limits)
    tile = np.zeros(r.shape + (4,), dtype=np.uint8)
    for i, one in enumerate((r, 0.5 * (r + b), b)):
        tile[..., i] = (np.nan_to_num(one) * 255).astype(np.uint8)
    tile[..., 3] = np.where(np.isfinite(blue) | np.isfinite(red), 255, 0)
    return tile


def coloured(blue, red, out):
    from PIL import Image

    blue_limits, red_limits = limits(blue), limits(red)
    deep = min(one for one in (deepest(blue), deepest(red)) if one is not None)
    written = 0
    for order in range(deep + 1):
        ours, theirs = dict(tiles(blue, order, "fits")), dict(tiles(red, order, "fits"))
        for pixel in sorted(set(ours) & set(theirs)):
            b, r = tile_array(ours[pixel]), tile_array(theirs[pixel])
            if b is None or r is None or b.shape != r.shape:
                continue
            path = tile_path(out, order, pixel, "png")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            Image.fromarray(two_colours(b, r, blue_limits, red_limits), mode="RGBA").save(path)
            written += 1
    noted(out, deep, blue_limits)
    return written


def noted(out, deep, low_high):
    with open(os.path.join(out, "properties"), "w") as to:
        to.write(f"hips_order = {deep}\nhips_tile_width = {WIDTH}\nlimits = {low_high[0]:.6g},{low_high[1]:.6g}\n")
