import pickle

import boto3
import yaml


def settings(path):
    with open(path) as file:
        return yaml.safe_load(file)["store"]


def bucket():
    return boto3.Session(profile_name="drifts").resource("s3")


def loaded(path):
    with open(path, "rb") as file:
        return pickle.load(file)
