"""Settings, and objects in a bucket."""

import pickle

import boto3
import yaml

SETTINGS = "conf/local/credentials.yaml"
BUCKET = "kitchens"
FOLDER = "training/YEAR={}/MONTH={}"
FILE = "model_{}_{}.pkl"
TMP = "tmp/kitchens"


def read_settings(path):
    with open(path, "r") as file:
        return yaml.safe_load(file)


def database_of(path):
    return read_settings(path)["db"]


def bucket_of(path):
    keys = read_settings(path)["s3"]
    session = boto3.Session(aws_access_key_id=keys["id"], aws_secret_access_key=keys["key"])
    return session.resource("s3")


def read_object(s3, bucket, key):
    return pickle.loads(s3.Object(bucket, key).get()["Body"].read())


def put_object(s3, bucket, key, thing):
    s3.Object(bucket, key).put(Body=pickle.dumps(thing))
