import os
import subprocess

import rasterio
from osgeo import gdal

from .state import JOBS

TARGET = "EPSG:4326"


def warp(raw, folder):
    out = f"{folder}/warped.tif"
    gdal.Warp(out, raw, dstSRS=TARGET)
    return out


def to_bytes(path, folder):
    out = f"{folder}/bytes.tif"
    gdal.Translate(out, path, options="-ot Byte -scale")
    return out


def describe(path):
    with rasterio.open(path) as source:
        return {"crs": source.crs.to_string(), "bounds": list(source.bounds), "bands": source.count}


def cut(path, folder):
    command = ["gdal2tiles.py", "-z", "8-14", "--processes=4", path, f"{folder}/tiles"]
    subprocess.run(command, check=True, capture_output=True, text=True)


def note(job, **what):
    JOBS[job].update(what)


def process(raw, job):
    folder = f"data/{job}"
    os.makedirs(folder, exist_ok=True)
    try:
        warped = warp(raw, folder)
        cut(to_bytes(warped, folder), folder)
        note(job, status="done", about=describe(warped))
    except subprocess.CalledProcessError as fault:
        note(job, status="failed", message=fault.stderr.strip())
