"""From masks to outlines."""

import cv2

from lawns.tiles import corner


def denoised(mask, size):
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))


def grown(mask, size):
    return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))


def outlines(mask):
    found, tree = cv2.findContours(mask, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    return found, tree


def simplified(polygon, part):
    assert 0 <= part <= 1
    return cv2.approxPolyDP(polygon, part * cv2.arcLength(polygon, closed=True), closed=True)


def parents(node, tree):
    above = tree[node][3]
    while above != -1:
        yield above
        above = tree[above][3]


def on_earth(tile, polygon, shape):
    high, wide = shape
    ring = [corner(tile, x / wide, y / high) for ((x, y),) in polygon]
    return ring + [ring[0]]
