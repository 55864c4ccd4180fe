import datetime
import json

import psycopg2
import requests

base = "postgres"
user = "bikes"
password = "bikes"
host = "bikes.eu-west-1.rds.example.org"


def connect():
    connection = psycopg2.connect(dbname=base, user=user, password=password, host=host)
    return connection


def insert(found, connection):
    query = "INSERT INTO raw.bikes (found, at) VALUES (%s, %s);"
    cursor = connection.cursor()
    cursor.execute(query, (json.dumps(found), datetime.datetime.now()))
    connection.commit()


def ask():
    answer = requests.get("http://bikes.example.org/api?lat=38.7&lon=-9.1", headers={"X-Token": "t"})
    print(answer.status_code)
    return answer.json()


def handler(event, context):
    connection = connect()
    insert(ask(), connection)
    connection.close()
    return 0
