from datetime import date

import pandas as pd
import requests
from pandas import json_normalize

URL = "https://api.works.example/{}?filter=institution:{}&cursor={}"


def _pages(kind, institution, env):
    cursor, count = "*", 0
    while cursor and not (env == "dev" and count >= 5):
        answer = requests.get(URL.format(kind, institution, cursor)).json()
        yield pd.DataFrame.from_dict(answer["results"])
        cursor, count = answer["meta"]["next_cursor"], count + 1


def fetch_authors(institution, env):
    return pd.concat(list(_pages("authors", institution, env)))


def fetch_works(institution, env):
    frame = pd.concat(list(_pages("works", institution, env)))
    return frame, frame.head(1000)


def fetch_dimensions():
    found = []
    for name in ("type", "language", "license"):
        answer = requests.get(f"https://api.works.example/works?group_by={name}").json()
        found.append(pd.DataFrame.from_dict(answer["group_by"]))
    return tuple(found)


def land_authors(df: pd.DataFrame) -> pd.DataFrame:
    authors = df.drop(columns=["ids", "topics"]).convert_dtypes()
    authors["loaded"] = date.today()
    return authors


def land_author_topics(df: pd.DataFrame) -> pd.DataFrame:
    exploded = df.loc[:, ["id", "topics"]].explode("topics").reset_index(drop=True)
    return pd.concat([exploded, pd.json_normalize(exploded["topics"])], axis=1)


def land_dimensions(types, languages, licenses):
    for frame, name in ((types, "type"), (languages, "language"), (licenses, "license")):
        frame["loaded"] = date.today()
        frame.rename(columns={"key": f"{name}_id"}, inplace=True)
    return types, languages, licenses


def land_works(raw):
    return raw.loc[:, ["id", "doi", "title"]].convert_dtypes().rename(columns={"id": "work_id"})


def land_locations(raw):
    exploded = raw.explode("locations").reset_index(drop=True)
    found = pd.concat([exploded["id"], json_normalize(exploded["locations"])], axis=1)
    found.columns = found.columns.str.replace(".", "_")
    return found


def column_name(name):
    return name.replace(".", "_").lower()
