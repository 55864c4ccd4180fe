from abc import abstractmethod
from collections import defaultdict

from kafka import KafkaConsumer
from pandas import DataFrame, Timestamp

from nets import NetMaker, Relations


class Source:
    @abstractmethod
    def net(self):
        pass

    @abstractmethod
    def log(self):
        pass


class MadeUp(Source):
    def net(self):
        return NetMaker().made(Relations(starts=["a"], ends=["b"], follows=[("a", "b")]))

    def events(self):
        log = {"name": {}, "at": {}}
        for number, one in enumerate(["a", "b", "c"]):
            log["name"][number] = one
            log["at"][number] = Timestamp.now()
        return log

    def log(self):
        return DataFrame.from_dict(self.events())


class Streamed(Source):
    def __init__(self):
        self.last = None
        self.known = defaultdict(list)
        self.results = KafkaConsumer("results", bootstrap_servers="broker:9092", group_id="nets")
        self.inputs = KafkaConsumer("input", bootstrap_servers="broker:9092", group_id="log", security_protocol="SASL_SSL", sasl_mechanism="GSSAPI")

    def run(self):
        for message in self.results:
            self.last = message.value
        for event in self.inputs:
            self.known[event.key].append(event.value)

    def net(self):
        return self.last

    def log(self):
        return dict(self.known)
