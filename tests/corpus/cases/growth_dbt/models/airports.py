"""Which names are airports, asked of a model of language. A model of dbt on Spark."""

import json

import numpy
import vertexai
from vertexai.generative_models import GenerativeModel

region = "us-central1"
asked = "Which of these are airports? Answer with a list of objects."


def told(airports):
    vertexai.init(location=region)
    answer = GenerativeModel("gemini-1.5-flash-001").generate_content([airports, asked])
    text = answer.text.replace("```json", "").replace("```", "")
    try:
        return json.loads(text)
    except Exception as error:
        print("no JSON:", error)
        return {}


def model(dbt, session):
    dbt.config(incremental_strategy="insert_overwrite", unique_key="icao")
    given = dbt.ref("airports_without_icao")
    if dbt.is_incremental:
        newest = session.sql(f"select max(loaded) from {dbt.this}").collect()[0][0]
        given = given.filter(given.loaded >= newest)
    count = given.count()
    if count == 0:
        return session.createDataFrame(data=[], schema="name: string, icao: string")
    found = []
    for part in numpy.array_split(given.select("name").distinct().toPandas(), int(count / 5) or 1):
        found.extend(told(part.to_string(header=False)))
    return session.createDataFrame(found)
