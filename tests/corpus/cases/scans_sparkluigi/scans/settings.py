import luigi
from luigi.contrib.hdfs import HdfsTarget


class Places(luigi.Config):
    where = luigi.Parameter(default="local")

    def target(self, path):
        return luigi.LocalTarget(path) if self.where == "local" else HdfsTarget(path)
