import logging
import re
from datetime import date

import pandas as pd
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch
from sqlalchemy import create_engine, text
from unidecode import unidecode

logger = logging.getLogger(__name__)


def stamped(frame):
    frame = frame.convert_dtypes()
    frame["loaded"] = date.today()
    return frame


def fetch_tables(items, values, fields):
    values["object_id"] = values["object_id"].astype(str)
    return stamped(items), stamped(values), stamped(fields)


def harvest(endpoint: str, prefix: str, since: str | None = None) -> pd.DataFrame:
    client = Sickle(endpoint, max_retries=3)
    rows = []
    try:
        for record in client.ListRecords(metadataPrefix=prefix, ignore_deleted=True, **({"from": since} if since else {})):
            rows.append({"id": record.header.identifier, "sets": record.header.setSpecs, **record.metadata})
    except NoRecordsMatch:
        logger.info("nothing since %s", since)
    return pd.DataFrame(rows)


def sets_of(endpoint):
    return [{"spec": one.setSpec, "name": one.setName} for one in Sickle(endpoint).ListSets()]


def plain(title):
    return re.sub(r"\W+", " ", unidecode(title)).strip().lower()


def with_keys(frame: pd.DataFrame) -> pd.DataFrame:
    frame["key"] = frame["title"].map(plain)
    return frame.drop_duplicates("key")


def read_database(credentials, query="SELECT * FROM item"):
    engine = create_engine(f"postgresql+psycopg2://{credentials['user']}@{credentials['host']}/dspace")
    with engine.connect() as connection:
        return pd.read_sql(text(query), connection)
