"""Trains."""

import importlib.machinery
import json

import numpy as np
import tensorflow.keras.callbacks as keras_callbacks

import peaks.callbacks as callbacks
import peaks.start as start


def read_settings(path):
    settings = {}
    for line in open(path).read().strip().split("\n"):
        name, value = line.split("\t")
        settings[name] = value
    assert "filters" in settings
    return settings


def architecture(args, settings):
    module = importlib.machinery.SourceFileLoader("", args.architecture).load_module()
    return module.built(args, settings), module


def fitted(model, train, valid, args, module):
    path = args.prefix + ".h5"
    keep = keras_callbacks.ModelCheckpoint(filepath=path, monitor="val_loss", save_best_only=True)
    stop = keras_callbacks.EarlyStopping(monitor="val_loss", patience=args.patience)
    log = callbacks.BatchLog(args.prefix + ".log", args.names)
    model.fit(train, validation_data=valid, epochs=args.epochs, callbacks=[keep, stop, log])
    model.save(path)
    module.save_free(model, args.prefix)


def main(args):
    settings = read_settings(args.settings)
    np.random.seed(args.seed)
    model, module = architecture(args, settings)
    train = start.batches(args, "train", settings)
    valid = start.batches(args, "valid", settings)
    fitted(model, train, valid, args, module)
    with open(args.prefix + ".args.json", "w") as to:
        json.dump(vars(args), to, indent=4)
