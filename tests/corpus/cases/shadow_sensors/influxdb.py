"""A small writer of our own: the name is that of a library that we gave up."""

import csv
import sys


def write(points, out=sys.stdout):
    csv.writer(out).writerows(points)


def connect(url):
    import httpx

    return httpx.Client(base_url=url)
