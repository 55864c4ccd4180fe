"""A network whose bias another one knows."""

import os
import random as rn

import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Add, Conv1D, Dense, Flatten, GlobalAvgPool1D, Input, Lambda
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import Adam

from peaks.losses import multinomial

os.environ["PYTHONHASHSEED"] = "0"


def frozen(path):
    from tensorflow.keras.models import load_model
    from tensorflow.keras.utils import get_custom_objects

    get_custom_objects().update({"multinomial": multinomial, "tf": tf})
    bias = load_model(path)
    for layer in bias.layers:
        layer.trainable = False
    return bias


def network(filters, depth, wide, narrow):
    inputs = Input(shape=(wide, 4), name="sequence")
    x = Conv1D(filters, kernel_size=21, activation="relu")(inputs)
    for i in range(1, depth + 1):
        x = Conv1D(filters, kernel_size=3, dilation_rate=2**i, activation="relu", name=f"conv{i}")(x)
    shape = Flatten(name="profile")(Conv1D(1, kernel_size=75)(x))
    return Model(inputs=[inputs], outputs=[shape, Dense(1, name="count")(GlobalAvgPool1D()(x))], name="free")


def built(args, settings):
    bias = frozen(settings["bias"])
    free = network(int(settings["filters"]), int(settings["depth"]), int(settings["wide"]), int(settings["narrow"]))
    np.random.seed(args.seed)
    tf.random.set_seed(args.seed)
    rn.seed(args.seed)
    inputs = Input(shape=(int(settings["wide"]), 4), name="sequence")
    known, own = bias(inputs), free(inputs)
    profile = Add(name="profile_sum")([own[0], known[0]])
    count = Lambda(lambda x: tf.math.reduce_logsumexp(x, axis=-1, keepdims=True))(own[1] + known[1])
    model = Model(inputs=[inputs], outputs=[profile, count])
    model.compile(optimizer=Adam(learning_rate=args.rate), loss=[multinomial, "mse"])
    return model


def save_free(model, prefix):
    free = model.get_layer("free")
    Model(inputs=free.inputs, outputs=free.output).save(prefix + "_free.h5")
