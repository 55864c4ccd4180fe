"""What the cards of the machine do while a step runs."""

import re
import time
from functools import wraps
from subprocess import PIPE, Popen, check_output
from tempfile import TemporaryFile
from threading import Thread

from metaflow import current
from metaflow.cards import Markdown, Table, VegaChart

DRIVER = re.compile(b"Driver Version: (.+?) ")


def chart(times, values, told):
    return {"data": {"values": [{"at": str(a), "is": b} for a, b in zip(times, values)]}, "mark": "line", "description": told}


class Watch:
    def __init__(self, interval=1):
        self._interval = interval
        self.driver, self.error = self._version()
        self._out = TemporaryFile()
        self.devices = [] if self.error else self._devices()
        if not self.error:
            self._process = Popen(["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv", f"-l={interval}"], stdout=self._out)

    def _version(self):
        try:
            return DRIVER.search(check_output(["nvidia-smi"])).group(1).decode(), None
        except FileNotFoundError:
            return None, "no nvidia-smi"

    def _devices(self):
        out = check_output(["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"])
        return [dict(zip(("name", "memory"), line.split(","))) for line in out.decode().splitlines()]

    def read(self):
        self._out.seek(0)
        return [line.decode().strip() for line in self._out]

    def card(self):
        shown = current.card["watch"]
        shown.append(Table([[self.driver]], headers=["Driver"]))
        shown.append(VegaChart(chart([], [], "use")))
        while True:
            shown.append(Markdown(f"{len(self.read())} readings"))
            shown.refresh()
            time.sleep(self._interval)

    def end(self):
        self._process.terminate()
        return {"devices": self.devices, "readings": self.read()}


class watched:
    def __init__(self, prefix="watch_"):
        self.prefix = prefix

    def __call__(self, step):
        @wraps(step)
        def inner(flow):
            watch = Watch()
            Thread(target=watch.card, daemon=True).start()
            try:
                step(flow)
            finally:
                setattr(flow, self.prefix + "data", watch.end())

        from metaflow import card

        return card(type="blank", id="watch")(inner)
