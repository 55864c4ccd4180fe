"""Notes each batch."""

from tensorflow import keras


class BatchLog(keras.callbacks.Callback):
    def __init__(self, path, names):
        super().__init__()
        self.path = path
        self.names = names

    def on_train_begin(self, logs=None):
        with open(self.path, "w") as to:
            to.write("\t".join(self.names) + "\n")

    def on_batch_end(self, batch, logs=None):
        with open(self.path, "a") as to:
            to.write("\t".join(str((logs or {}).get(name)) for name in self.names) + "\n")
