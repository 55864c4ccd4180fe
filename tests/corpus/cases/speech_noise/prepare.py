import os
import random
import shutil
import subprocess

import numpy as np
import scipy.io.wavfile as wav

import journal

log = journal.journal("prepare")
RATE = 16_000
KINDS = ["mp3", "ogg", "wav"]


def is_sound(name):
    return name.rsplit(".", 1)[-1].lower() in KINDS


def width(folder):
    global digits
    digits = len(str(len(os.listdir(folder))))


def numbered(number):
    global digits
    return f"{number:0{digits}d}"


def mono(source, target):
    log.info("one channel")
    for at, name in enumerate(filter(is_sound, os.listdir(source))):
        out = os.path.join(target, f"{numbered(at)}.wav")
        subprocess.run(["ffmpeg", "-i", os.path.join(source, name), "-ac", "1", "-ar", str(RATE), out])


def level(source, target):
    for name in os.listdir(source):
        subprocess.run(["ffmpeg-normalize", os.path.join(source, name), "--acodec", "pcm_s16le"])
    shutil.move(os.path.join(source, "normalized"), target)


def samples(path):
    rate, data = wav.read(path)
    return data.astype("float32") / 32767.0, rate


def blocks(data, size):
    made = []
    for start in range(0, data.shape[0], size):
        block = data[start : start + size]
        if block.shape[0] < size:
            block = np.concatenate((block, np.zeros((size - block.shape[0],))))
        made.append(block)
    return made


def example(path, size=2048):
    data, rate = samples(path)
    given = blocks(data, size)
    return given, [*given[1:], np.zeros(size)], seconds(data, rate)


def seconds(data, rate):
    return data.shape[0] / rate


def chosen(folder, most):
    names = os.listdir(folder)
    return random.sample(names, min(most, len(names)))


def prepare(clean, out):
    width(clean)
    mono(clean, f"{out}/mono")
    level(f"{out}/mono", f"{out}/level")
    log.info("done")
