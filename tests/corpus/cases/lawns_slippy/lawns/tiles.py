"""Tiles of a map in folders z/x/y."""

import csv
import io
import os

import cv2
import mercantile
import numpy as np
from PIL import Image


def corner(tile, x, y):
    box = mercantile.bounds(tile)
    return box.west + x * (box.east - box.west), box.south + y * (box.north - box.south)


def walk(root):
    for z in os.listdir(root):
        for x in os.listdir(os.path.join(root, z)):
            for name in os.listdir(os.path.join(root, z, x)):
                y = os.path.splitext(name)[0]
                yield mercantile.Tile(x=int(x), y=int(y), z=int(z)), os.path.join(root, z, x, name)


def from_csv(path):
    with open(path) as lines:
        for row in csv.reader(lines):
            if row:
                yield mercantile.Tile(*map(int, row))


def fetched(session, url, timeout=10):
    try:
        answer = session.get(url, timeout=timeout)
        answer.raise_for_status()
        return io.BytesIO(answer.content)
    except Exception:
        return None


def neighbour(tile, dx, dy, tiles):
    other = mercantile.Tile(x=int(tile.x) + dx, y=int(tile.y) + dy, z=int(tile.z))
    return tiles.get(other)


def padded(tile, tiles, overlap, size):
    wide = size + 2 * overlap
    whole = Image.new(mode="RGB", size=(wide, wide), color=0)
    whole.paste(Image.open(tiles[tile]), box=(overlap, overlap))
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            path = neighbour(tile, dx, dy, tiles)
            if path is not None and (dx or dy):
                whole.paste(Image.open(path), box=(overlap + dx * size, overlap + dy * size))
    return whole


def row_of(paths):
    return np.hstack([cv2.imread(path) for path in paths])
