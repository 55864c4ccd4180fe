from dataclasses import dataclass
from random import choice

import gensim
import numpy as np
import wandb


@dataclass
class Sizes:
    width: int = 48
    units: int = 64
    longest: int = 20


def knn(width, count, found, names):
    import tensorflow as tf
    from tensorflow.keras import Model, layers
    from tensorflow.keras.backend import batch_dot

    matrix = np.array([found.get_vector(names[number], norm=True) for number in range(count)])
    table = layers.Embedding(input_dim=count, output_dim=width, weights=[matrix], trainable=False)
    asked = layers.Input((1,), dtype=tf.int64)
    everything = table(np.array([list(range(count))]))
    near = layers.Reshape((count,))(batch_dot(table(asked), everything, axes=2))
    model = Model(inputs=asked, outputs=near, name="near")
    model.compile()
    return model


def vectors(sessions, width=48, window=5, rounds=15):
    trained = gensim.models.Word2Vec(sentences=sessions["train"], vector_size=width, window=window, epochs=rounds)
    numbers = trained.wv.key_to_index
    names = {number: name for name, number in numbers.items()}
    guessed(trained.wv, sessions["valid"])
    model = knn(width, len(numbers), trained.wv, names)
    return {"model": model.to_json(), "weights": model.get_weights()}, {"numbers": numbers, "names": names}


def windows(sessions, numbers, longest):
    from tensorflow.keras.preprocessing.sequence import pad_sequences

    rows = [[numbers[item] for item in items] for items in sessions]
    return pad_sequences([row[:-1] for row in rows], maxlen=longest), np.array([row[-1] for row in rows])


def next_item(sessions, config, callback):
    from tensorflow.keras import Sequential, layers

    sizes = Sizes(**config)
    numbers = {item: number for number, item in enumerate({item for items in sessions["train"] for item in items}, 1)}
    x, y = windows(sessions["train"], numbers, sizes.longest)
    model = Sequential([layers.Embedding(len(numbers) + 1, sizes.width), layers.LSTM(sizes.units), layers.Dense(len(numbers) + 1, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    model.fit(x, y, callbacks=[callback])
    return {"model": model.to_json(), "weights": model.get_weights()}, {"numbers": numbers}


def guessed(found, sessions):
    everything = list(found.index_to_key)
    hits = 0
    for items in sessions:
        said = choice(everything)
        if items[:-1] and items[-2] in everything:
            said = found.similar_by_word(items[-2], topn=1)[0][0]
        hits += said == items[-1]
    wandb.log({"hits": hits / len(sessions)})
