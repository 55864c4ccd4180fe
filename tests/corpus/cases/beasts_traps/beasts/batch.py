import argparse
import json
import multiprocessing
import os
import time
from functools import partial
from multiprocessing import Process
from multiprocessing.pool import Pool

import humanfriendly
from tqdm import tqdm

import beasts.pictures as pictures
from beasts.detector import THRESHOLD, Paths, detector_of, has_card
from beasts.numbers import parts_of


def produce(queue, paths):
    for path in paths:
        queue.put([path, pictures.loaded(path)])
    queue.put(None)


def consume(queue, back, model, threshold):
    detector = detector_of(model)
    results = []
    while True:
        row = queue.get()
        if row is None:
            queue.task_done()
            back.put(results)
            return
        results.append(one(row[0], detector, threshold, image=row[1]))
        queue.task_done()


def queued(paths, model, threshold):
    queue = multiprocessing.JoinableQueue(10)
    back = multiprocessing.Queue(1)
    producer = Process(target=produce, args=(queue, paths))
    producer.start()
    consume(queue, back, model, threshold)
    producer.join()
    return back.get()


def one(path, detector, threshold, image=None):
    if image is None:
        try:
            image = pictures.loaded(path)
        except Exception:
            return {"file": path, "failure": "open"}
    return detector.detect(image, path, threshold)


def some(paths, detector, threshold):
    if isinstance(detector, str):
        begun = time.time()
        detector = detector_of(detector)
        print(humanfriendly.format_timespan(time.time() - begun))
    return [one(path, detector, threshold) for path in paths]


def kept(results, path):
    with open(path, "w") as to:
        json.dump({"images": results}, to, indent=1)


def detected(model, paths, threshold=THRESHOLD, cores=0, queue=False, checkpoint=None):
    if isinstance(paths, str):
        paths = Paths.found(paths) if os.path.isdir(paths) else json.load(open(paths))
    if cores > 1 and has_card(model):
        cores = 1
    if queue:
        return queued(paths, model, threshold)
    if cores <= 1:
        detector = detector_of(model)
        results = []
        for path in tqdm(paths):
            results.append(one(path, detector, threshold))
            if checkpoint is not None:
                kept(results, checkpoint)
        return results
    with Pool(cores) as pool:
        found = pool.map(partial(some, detector=model, threshold=threshold), parts_of(paths, cores))
    return [each for part in found for each in part]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("images")
    parser.add_argument("out")
    args = parser.parse_args()
    kept(detected(args.model, args.images), args.out)


if __name__ == "__main__":
    main()
