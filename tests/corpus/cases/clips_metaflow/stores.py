"""Models in a bucket, by the name of a version."""

import os
import shutil

from metaflow import S3
from metaflow.metaflow_config import DATATOOLS_S3ROOT

from settings import StoreSettings


class ModelStore:
    @classmethod
    def of_path(cls, path):
        return cls(os.path.join(DATATOOLS_S3ROOT, path))

    @classmethod
    def of_settings(cls, settings: StoreSettings):
        return cls(os.path.join(DATATOOLS_S3ROOT, settings.prefix))

    def __init__(self, root) -> None:
        self._root = root

    @property
    def root(self):
        return self._root

    @staticmethod
    def _files(folder):
        found = []
        for path, _, names in os.walk(folder):
            for name in names:
                found.append((os.path.relpath(os.path.join(path, name), folder), os.path.join(path, name)))
        return found

    def upload(self, folder, key):
        with S3(s3root=os.path.join(self._root, key)) as s3:
            s3.put_files(self._files(folder))

    def holds(self, key):
        with S3(s3root=os.path.join(self._root, key)) as s3:
            return len(s3.list_paths()) > 0

    def download(self, key, folder):
        if not self.holds(key):
            raise ValueError(f"{self._root} has no {key}")
        os.makedirs(folder, exist_ok=True)
        with S3(s3root=os.path.join(self._root, key)) as s3:
            for one in s3.get_all():
                shutil.move(one.path, os.path.join(folder, one.key))
