import logging

import luigi
from luigi.contrib.mysqldb import MySqlTarget
from settings import Settings

logger = logging.getLogger()
told = Settings()


class Noted:
    def noted(self, table, value):
        return MySqlTarget(
            host=told.get("base", "host"),
            database=told.get("base", "database"),
            user=told.get("base", "user"),
            password=told.get("base", "password"),
            table=table,
            update_id=value,
        )


class Registered(luigi.Task, Noted):
    file = luigi.Parameter()

    def run(self):
        logger.info("registering %s", self.file)
        return self.noted(table="registered", value=self.file).touch()

    def output(self):
        return self.noted(table="registered", value=self.file)


class Loaded(luigi.Task, Noted):
    file = luigi.Parameter()

    def requires(self):
        return Registered(file=self.file)

    def run(self):
        logger.info("loading %s", self.file)
        return self.noted(table="loaded", value=self.file).touch()

    def output(self):
        return self.noted(table="loaded", value=self.file)


class Tracks(luigi.Task, Noted):
    files = luigi.ListParameter()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.value = "-".join(sorted(self.files))

    def requires(self):
        for file in self.files:
            yield Loaded(file=file)

    def output(self):
        return self.noted(table="tracks", value=self.value)

    def run(self):
        for one in self.input():
            logger.info("%s", one.exists())
        self.output().touch()
