import os

import psycopg2
from dotenv import load_dotenv
from psycopg2.extensions import AsIs, register_adapter

load_dotenv()


class Postgres:
    def __init__(self):
        self.connection = psycopg2.connect(host=os.getenv("HOST"), password=os.getenv("PASSWORD"))

    def adapters(self, *types):
        for one in types:
            register_adapter(one, AsIs)
        return self
