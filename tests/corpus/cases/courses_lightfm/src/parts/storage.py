import os
import sys

import boto3

from src.constants import BUCKET, MODELS
from src.trouble import AdviceTrouble


class Storage:
    def __init__(self):
        try:
            self.bucket = boto3.resource("s3").Bucket(BUCKET)
        except Exception as error:
            raise AdviceTrouble(error, sys) from error

    def fetch(self):
        for one in self.bucket.objects.filter(Prefix=MODELS):
            os.makedirs(os.path.dirname(one.key), exist_ok=True)
            self.bucket.download_file(one.key, one.key)
