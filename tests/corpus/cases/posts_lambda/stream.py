import json
import os
import time

import boto3
import tweepy
from kafka import KafkaProducer

secrets = boto3.client("secretsmanager")


def secret(name):
    answer = secrets.get_secret_value(SecretId=name)
    return json.loads(answer["SecretString"])


def producer():
    told = secret(os.getenv("KAFKA_SECRET"))
    return KafkaProducer(
        bootstrap_servers=told["servers"], value_serializer=lambda value: json.dumps(value).encode("utf-8")
    )


def api():
    told = secret(os.getenv("POSTS_SECRET"))
    login = tweepy.OAuthHandler(told["key"], told["key_secret"])
    login.set_access_token(told["token"], told["token_secret"])
    return tweepy.API(login)


def lambda_handler(event, context):
    out = producer()
    posts = api()

    class Listener(tweepy.StreamListener):
        def on_data(self, raw):
            out.send("posts", json.loads(raw))

    stream = tweepy.Stream(auth=posts.auth, listener=Listener())
    started = time.time()
    try:
        stream.filter(track=event["words"], is_async=True)
        while time.time() - started < 90:
            time.sleep(1)
    finally:
        stream.disconnect()
