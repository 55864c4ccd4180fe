import os
import sys

import certifi
import pymongo

from src.trouble import AdviceTrouble

authority = certifi.where()


class Mongo:
    client = None

    def __init__(self, name="courses"):
        try:
            if Mongo.client is None:
                Mongo.client = pymongo.MongoClient(os.getenv("MONGO_URL"), tlsCAFile=authority)
            self.database = Mongo.client[name]
            self.tags = self.database["tags"]
            self.courses = self.database["courses"]
        except Exception as error:
            raise AdviceTrouble(error, sys) from error
