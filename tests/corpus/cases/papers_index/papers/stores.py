import os

import s3fs
from dagster import ConfigurableResource, resource
from elasticsearch import Elasticsearch
from sqlalchemy import create_engine


@resource(config_schema={"root": str})
def files(context):
    return s3fs.S3FileSystem(client_kwargs={"endpoint_url": context.resource_config["root"]})


@resource
def index(_):
    return Elasticsearch(os.environ.get("INDEX", "http://index:9200"))


@resource
def notes(_):
    return create_engine("postgresql://notes@notes/notes")


class Speller(ConfigurableResource):
    language: str = "en"

    def right(self, word):
        from spellchecker import SpellChecker

        return SpellChecker(language=self.language).correction(word)
