import math


def cut_float(x, precision=3):
    if x == 0:
        return 0
    factor = math.pow(10, precision - 1 - math.floor(math.log10(abs(x))))
    return math.floor(x * factor) / factor


def cut_all(xs, precision=3):
    return [cut_float(x, precision) for x in xs]


def parts_of(items, n):
    for i in range(n):
        yield items[i::n]


def from_centre(box):
    x, y, w, h = box
    return [x - w / 2, y - h / 2, w, h]
