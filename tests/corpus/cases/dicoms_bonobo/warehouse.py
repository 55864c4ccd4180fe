import hashlib
import json
import logging
import os
import re
import struct
from io import BytesIO
from pathlib import Path

import bonobo
import boto3
import mondrian
import pydicom
from bonobo.config import use
from botocore.exceptions import ClientError

mondrian.setup(excepthook=True)
logger = logging.getLogger()

s3 = boto3.resource("s3")
client = boto3.client("s3")

NAME = os.getenv("WAREHOUSE", "chests")
bucket = s3.Bucket(NAME)
KINDS = {"DX": "xray", "CT": "ct"}
DRY = bool(os.getenv("DRY", ""))


class Settings:
    def __init__(self):
        self.told = {"prefixes": [], "share": 0}
        self.sites = {}

    def take(self, told):
        self.told = told
        for group in told["sites"]:
            for site in told["sites"][group]:
                self.sites[site] = group

    def prefixes(self):
        return self.told.get("prefixes", [])

    def group_of(self, site):
        return self.sites.get(site)


class Keys:
    def __init__(self):
        self.kept = set()

    def add(self, key):
        name = Path(key).name
        if key in self.kept:
            logger.error("%s twice", name)
        self.kept.update((key, name))

    def has(self, key):
        return Path(key).name in self.kept


def exists(key):
    try:
        bucket.Object(key).load()
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        raise
    return True


def day_of(key):
    found = re.match(r"^.+/(?P<day>\d{4}-\d{2}-\d{2})/.+", key)
    return found.group("day") if found else None


def in_training(patient, share=20):
    return int(hashlib.sha512(patient.encode()).hexdigest(), 16) % 100 < share


def emptied(whole, key):
    if isinstance(whole, list):
        for one in whole:
            emptied(one, key)
    if isinstance(whole, dict):
        for name, value in whole.items():
            if name == key:
                whole[name] = None
            emptied(value, key)


def plain(image):
    out = image.to_json_dict(bulk_data_threshold=1e20)
    emptied(out, "InlineBinary")
    return out


class Head:
    def __init__(self, thing, kilobytes=20):
        self.thing = thing
        self.kilobytes = kilobytes
        self._found = False

    def _stop(self, tag, VR, length):
        self._found = tag == (0x7FE0, 0x0010)
        return self._found

    def read(self):
        with BytesIO() as part:
            while True:
                top = self.kilobytes * 1024 - 1
                part.write(self.thing.get(Range=f"bytes=0-{top}")["Body"].read())
                part.seek(0)
                try:
                    image = pydicom.filereader.read_partial(part, stop_when=self._stop)
                    if self._found:
                        break
                except (OSError, struct.error):
                    pass
                self.kilobytes *= 2
        return image


@use("settings")
def load_settings(settings):
    try:
        settings.take(json.loads(bucket.Object("settings.json").get()["Body"].read().decode()))
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        logger.warning("no settings")


@use("keys")
def load_keys(keys):
    for one in bucket.objects.filter(Prefix="training/"):
        keys.add(one.key)
    return bonobo.constants.NOT_MODIFIED


@use("settings")
def raw_folders(settings):
    for prefix in settings.prefixes():
        told = client.list_objects(Bucket=NAME, Prefix=prefix, Delimiter="/")
        for one in sorted(part.get("Prefix") for part in told.get("CommonPrefixes")):
            yield one + "images/"


def raw_files(folder):
    for one in bucket.objects.filter(Prefix=folder):
        yield "process", one, None


@use("keys")
def images(*given, keys):
    task, thing, _ = given
    if task != "process" or Path(thing.key).suffix != ".dcm":
        return bonobo.constants.NOT_MODIFIED
    if keys.has(thing.key):
        return
    image = Head(thing.Object()).read()
    kind = KINDS.get(image["Modality"].value, "unknown")
    key = f"{'training' if in_training(image.PatientID) else 'validation'}/{kind}/{day_of(thing.key)}"
    if not exists(key):
        yield "copy", thing, key
    yield "metadata", key, image


def metadata(*given):
    task, key, image = given
    if task == "metadata":
        yield "upload", key, json.dumps(plain(image))


def upload(*given):
    task, key, text = given
    if task == "upload":
        if DRY:
            logger.info("would upload %s", key)
        else:
            bucket.put_object(Body=text, Key=key)
        return bonobo.constants.NOT_MODIFIED


def graph():
    made = bonobo.Graph()
    made.add_chain(load_settings, load_keys, raw_folders, raw_files, images, metadata, upload)
    return made


if __name__ == "__main__":
    parser = bonobo.get_argument_parser()
    with bonobo.parse_args(parser) as options:
        bonobo.run(graph(), services={"settings": Settings(), "keys": Keys()})
