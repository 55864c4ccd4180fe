import os
from datetime import datetime

from bson.objectid import ObjectId
from dotenv import load_dotenv
from pymongo import MongoClient

load_dotenv()


class Records:
    def __init__(self, name="voices"):
        self.client = MongoClient(os.getenv("MONGO_URI", "mongodb://localhost:27017"))
        self.rows = self.client[name]["files"]

    def added(self, path, about):
        row = {"file": path, "about": about, "at": datetime.utcnow(), "stages": {}}
        return str(self.rows.insert_one(row).inserted_id)

    def status(self, name):
        return self.rows.find_one({"file": name})

    def stage(self, row_id, stage, done, about=None):
        change = {f"stages.{stage}.done": done, f"stages.{stage}.about": about or {}}
        return self.rows.update_one({"_id": ObjectId(row_id)}, {"$set": change}).modified_count
