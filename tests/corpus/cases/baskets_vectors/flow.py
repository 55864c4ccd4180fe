"""Baskets of a shop: vectors of products trained from sessions, checked, and served by SageMaker."""
try:
    from dotenv import load_dotenv

    load_dotenv(".env")
except Exception as error:
    print(error)

import os

from metaflow import S3, FlowSpec, Parameter, batch, current, environment, step

from switches import switch


class BasketFlow(FlowSpec):
    choice = Parameter("choice", default=os.getenv("MODEL_CHOICE", "KNN"))

    @step
    def start(self):
        print(f"{current.flow_name} {current.run_id} {current.username}")
        self.next(self.read)

    @switch(batch(cpu=8, memory=60000, image=os.getenv("BASE_IMAGE")), on=os.getenv("ON_BATCH"))
    @environment(vars={"BROWSING": os.getenv("BROWSING"), "SEARCH": os.getenv("SEARCH")})
    @step
    def read(self):
        from sessions import read_all
        from tracking import stem

        root = os.getenv("PARQUET_ROOT")
        found = read_all(*(os.path.join(root, stem(os.getenv(name)) + ".parquet") for name in ("BROWSING", "SEARCH")))
        self.paths = {}
        with S3(run=self) as s3:
            for name, frame in found.items():
                path = os.path.join(s3._s3root, name + ".parquet")
                frame.to_parquet(path=path, engine="pyarrow")
                self.paths[name] = path
        self.next(self.check)

    @step
    def check(self):
        from checks import checked

        self.verdict = checked(current.run_id, self.paths)
        self.next(self.prepare)

    @step
    def prepare(self):
        from sessions import labelled

        self.sessions = labelled(self.paths["browsing"], most=30_000_000)
        self.next(self.configure)

    @step
    def configure(self):
        from tracking import read_config

        assert self.choice in ("KNN", "LSTM")
        self.config = read_config(os.getenv("MODEL_CONFIG").format(self.choice))
        self.next(self.train)

    @switch(batch(gpu=1, cpu=8, image=os.getenv("BASE_IMAGE")), on=os.getenv("ON_BATCH"))
    @step
    def train(self):
        from models import next_item, vectors
        from tracking import Tracker

        tracker = Tracker(current.run_id, self.config, self.choice)
        if self.choice == "KNN":
            self.model, self.tokens = vectors(self.sessions, self.config["SIZE"], self.config["WINDOW"])
        else:
            self.model, self.tokens = next_item(self.sessions, self.config, callback=tracker.callback())
        tracker.stop()
        self.next(self.deploy)

    @step
    def deploy(self):
        import json

        from serving import deployed

        with S3(run=self) as s3:
            self.endpoint = deployed(self.model["model"], self.model["weights"], s3, current.run_id)
        with open(f"tokens-{self.endpoint}.json", "w") as file:
            json.dump(self.tokens, file)
        self.next(self.end)

    @step
    def end(self):
        print("done")


if __name__ == "__main__":
    BasketFlow()
