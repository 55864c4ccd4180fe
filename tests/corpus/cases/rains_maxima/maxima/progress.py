import time

from dask.callbacks import Callback


class Told(Callback):
    def __init__(self, logger, every=5):
        super().__init__()
        self.logger, self.every, self.last = logger, every, time.monotonic()

    def _posttask(self, key, result, dsk, state, worker_id):
        if time.monotonic() - self.last > self.every:
            self.last = time.monotonic()
            self.logger.info("%d of %d", len(state["finished"]), len(dsk))
