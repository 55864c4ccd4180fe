import datetime
import glob
import logging
import os
import time

import h5py
import librosa
import numpy as np

import config
from helping import fitted, make_folder, name_of, paths_under, set_logging, targets_of


def split_csv(args):
    make_folder(args.parts)
    with open(args.table) as text:
        lines = text.readlines()[3:]
    for r in range(int(np.ceil(len(lines) / 50000.0))):
        with open(os.path.join(args.parts, "part{:02d}.csv".format(r)), "w") as to:
            to.writelines(lines[r * 50000 : (r + 1) * 50000])


def download(args):
    make_folder(args.audios)
    set_logging("_logs/{}".format(name_of(args.table)), mode="w")
    with open(args.table) as text:
        lines = text.readlines()[3:]
    begun = time.time()
    for n, line in enumerate(lines):
        one, start, end = line.split(", ")[:3]
        logging.info("{} {}".format(n, one))
        name = os.path.join(args.audios, "_Y{}.%(ext)s".format(one))
        os.system("yt-dlp --quiet -o '{}' -x https://video.example/watch?v={}".format(name, one))
        found = glob.glob(os.path.join(args.audios, "_Y" + one + ".*"))
        if found:
            out = os.path.join(args.audios, "Y" + one + ".wav")
            since = str(datetime.timedelta(seconds=float(start)))
            os.system("ffmpeg -loglevel panic -i {} -ac 1 -ar 32000 -ss {} -t {} {}".format(found[0], since, end, out))
            os.system("rm {}".format(found[0]))
    logging.info("{:.3f} s".format(time.time() - begun))


def packed(args):
    make_folder(os.path.dirname(args.waves))
    told = targets_of(args.table, config.count, config.index_of)
    total = len(told["name"])
    with h5py.File(args.waves, "w") as to:
        to.create_dataset("name", shape=(total,), dtype="S20")
        to.create_dataset("wave", shape=(total, config.clip), dtype=np.int16)
        to.attrs.create("rate", data=config.rate, dtype=np.int32)
        for n in range(total):
            path = os.path.join(args.audios, told["name"][n])
            if os.path.isfile(path):
                wave, _ = librosa.core.load(path, sr=config.rate, mono=True)
                to["wave"][n] = fitted(wave, config.clip)
                to["name"][n] = told["name"][n].encode()


def combined(args):
    paths = [path for path in paths_under(args.parts) if "train" in path]
    with h5py.File(args.out, "w") as whole:
        whole.create_dataset("name", shape=(0,), maxshape=(None,), dtype="S20")
        for path in paths:
            with h5py.File(path, "r") as part:
                n = len(whole["name"][:])
                whole["name"].resize((n + len(part["name"][:]),))
                whole["name"][n:] = part["name"][:]
