import os

from google.cloud import storage


def fetched(bucket, name, to):
    if not os.path.exists(to):
        storage.Client().bucket(bucket).blob(name).download_to_filename(to)
    return to
