"""Starts Spark, and reads the settings that were sent along."""

import __main__

from json import loads
from os import environ, listdir, path

from pyspark import SparkFiles
from pyspark.sql import SparkSession

from shared import logs


def start(name="job", master="local[*]", jars=[], files=[], settings={}):
    interactive = not hasattr(__main__, "__file__")
    if interactive or "DEBUG" in environ.keys():
        builder = SparkSession.builder.master(master).appName(name)
        builder.config("spark.jars.packages", ",".join(list(jars)))
        builder.config("spark.files", ",".join(list(files)))
        for key, value in settings.items():
            builder.config(key, value)
    else:
        builder = SparkSession.builder.appName(name)

    session = builder.getOrCreate()
    log = logs.Logs(session)
    folder = SparkFiles.getRootDirectory()
    found = [file for file in listdir(folder) if file.endswith("settings.json")]
    if found:
        with open(path.join(folder, found[0])) as file:
            config = loads(file.read())
        log.warn("settings from " + found[0])
    else:
        log.warn("no settings")
        config = None
    return session, log, config
