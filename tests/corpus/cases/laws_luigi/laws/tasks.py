"""Proposals of laws: fetched, read, counted and kept."""

import json
import os
import random
import subprocess
import time

import luigi
import luigi.contrib.s3
import pandas as pd
import pymongo
import requests
from bs4 import BeautifulSoup
from bson import json_util
from luigi.format import UTF8

from laws.reading import Pages, Readability

STORE = os.environ.get("STORE", "mongodb://localhost:27017")
FOLDER = os.environ.get("FOLDER", "./")


class Settings(luigi.Config):
    template = luigi.Parameter()
    script = luigi.Parameter()


class Base(luigi.Task):
    def target(self, path, format=luigi.format.UTF8):
        if "s3://" in path:
            return [luigi.contrib.s3.S3Target(path, format=format)]
        return [luigi.LocalTarget(path, format=format)]


class Proposal(Base):
    number = luigi.IntParameter()

    def output(self):
        return [luigi.LocalTarget(os.path.join(FOLDER, f"raw/{self.number}.json"), format=UTF8)]

    def run(self):
        time.sleep(random.randrange(1, 100) / 100)
        answer = requests.get(Settings().template.format(self.number))
        page = BeautifulSoup(answer.text, "lxml")
        told = {"number": self.number, "title": page.find("h1").text, "pdf": page.find("a", {"class": "pdf"})["href"]}
        with self.output()[0].open("w") as file:
            file.write(json.dumps(told, default=json_util.default) + "\n")


class Pdf(Base):
    number = luigi.IntParameter()

    def requires(self):
        return [Proposal(number=self.number)]

    def output(self):
        return [luigi.LocalTarget(os.path.join(FOLDER, f"pdfs/{self.number}.pdf"), format=luigi.format.Nop)]

    def run(self):
        with self.input()[0][0].open() as lines, self.output()[0].open("w") as out:
            for line in lines:
                out.write(requests.get(json.loads(line)["pdf"]).content)


class Text(Base):
    number = luigi.IntParameter()

    def requires(self):
        return [Pdf(number=self.number)]

    def output(self):
        return [luigi.LocalTarget(os.path.join(FOLDER, f"texts/{self.number}.json"), format=UTF8)]

    def run(self):
        with self.input()[0][0].open("rb") as file, self.output()[0].open("w") as out:
            document = {"number": self.number, "text": Pages.text_of(file)}
            document["told"] = Readability().compute(document)
            out.write(json.dumps(document, default=json_util.default))


class Votes(Base):
    first = luigi.IntParameter(default=0)
    count = luigi.IntParameter(default=10)

    def output(self):
        return self.target(os.path.join(FOLDER, f"votes/{self.first}_{self.count}.csv"))

    def vote(self, party, row):
        return {"for": 1, "against": -1}.get(row["votes"].get(party), 0)

    def run(self):
        rows = []
        for number in range(self.first, self.first + self.count):
            found = yield Text(number=number)
            with found[0].open("r") as file:
                document = json.load(file)
            rows.append({"number": document["number"], "A": self.vote("A", document)})
        with self.output()[0].open("w") as out:
            pd.DataFrame(rows).to_csv(out)


class Kept(Base):
    number = luigi.IntParameter()

    def requires(self):
        self.store = pymongo.MongoClient(STORE)["laws"]
        return [Text(number=self.number)]

    def run(self):
        with self.input()[0][0].open() as lines:
            for line in lines:
                document = json.loads(line)
                self.store["proposals"].update_one({"number": document["number"]}, {"$set": document}, upsert=True)


class Refreshed(luigi.Task):
    function = luigi.Parameter(default="laws")

    def run(self):
        command = f'aws lambda update-function-configuration --function-name {self.function} --description "new"'.split()
        subprocess.check_output(command, stderr=subprocess.STDOUT)
