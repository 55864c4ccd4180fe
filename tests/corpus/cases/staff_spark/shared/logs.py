"""Spark's own log, by its Java object."""


class Logs(object):
    """Writes to log4j with the application's name in front."""

    def __init__(self, spark):
        conf = spark.sparkContext.getConf()
        name = conf.get("spark.app.name")
        number = conf.get("spark.app.id")
        log4j = spark._jvm.org.apache.log4j
        self.log = log4j.LogManager.getLogger(f"[{name} {number}]")

    def error(self, text):
        self.log.error(text)

    def warn(self, text):
        self.log.warn(text)

    def info(self, text):
        self.log.info(text)
