import collections
import json
import math
import statistics as stats
from codecs import open
from os import path, sep

import arrow
import humanize as human
import influxdb
import numpy as np
import paho.mqtt.client as mqtt
import pint
import scipy.signal as signal
from config import BROKER, PLAIN
from more_itertools import chunked, pairwise
from scipy import stats
from toolz import pipe

units = pint.UnitRegistry()
Reading = collections.namedtuple("Reading", "name value at")


def parse(line):
    name, value, at = line.split(";")
    return Reading(name, float(value), arrow.get(at))


def age(reading):
    return human.naturaltime(reading.at.datetime)


def mean(values):
    np = len(values)
    return sum(values) / np


def rms(values):
    return math.sqrt(sum(value**2 for value in values) / len(values))


def smooth(values, signal=5):
    kernel = [1 / signal] * signal
    return [sum(a * b for a, b in zip(part, kernel)) for part in windows(values, signal)]


def windows(values, size):
    return [values[i : i + size] for i in range(len(values) - size + 1)]


def peaks(values):
    found, _ = signal.find_peaks(values, height=0.5)
    return found.tolist()


def odd(values):
    return stats.zscore(values)


def spread(values):
    def stats(numbers):
        return min(numbers), max(numbers)

    low, high = stats(values)
    return high - low


def jumps(values):
    return [b - a for a, b in pairwise(values)]


def to_bar(value):
    return (value * units.pascal).to("bar").magnitude


def stored(name):
    with open(path.join("data", name), "r", "utf-8") as file:
        return [parse(line) for line in file]


def names(readings):
    return sorted({arrow.name for arrow in readings})


def send(readings):
    influxdb.write([(one.name, one.value) for one in readings])


def client():
    one = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    one.on_message = lambda client, data, message: send([parse(message.payload.decode())])
    one.connect(BROKER)
    return one


def batches(readings, size=PLAIN):
    return list(chunked(readings, size))


class Window:
    size = int(np.ceil(2.5))

    def __init__(self, values=()):
        self.values = collections.deque(values, maxlen=self.size)

    def add(self, value):
        self.values.append(value)
        return self

    @staticmethod
    def json(values):
        return json.dumps(list(values))


def chain(values):
    return pipe(values, windows_of_two, list)


def windows_of_two(values):
    return pairwise(values)


def counted():
    total = 0

    def add(value):
        nonlocal total
        total += value
        return np.round(total, 2)

    return add


pipe = None


def late():
    return pipe is None


def joined(parts):
    return sep.join(parts)
