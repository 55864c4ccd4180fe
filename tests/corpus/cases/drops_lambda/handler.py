import json

from botocore.vendored import requests

print("ready")

client = "drops"
secret = "drops"
SERVICE = "https://drops.example.org/api/v2"


def token():
    body = json.dumps({"client_id": client, "client_secret": secret, "scope": "decode"})
    answer = requests.post(SERVICE + "/oauth/token", data=body, headers={"content-type": "application/json"})
    return answer.json()["access_token"]


def decoded(device, port, payload, count):
    headers = {"content-type": "application/json", "Authorization": "Bearer %s" % token()}
    body = json.dumps({"port": port, "payload": payload, "count": count})
    answer = requests.post(SERVICE + "/decode/%s" % device, data=body, headers=headers)
    return answer.json()


def answered(error, result=None):
    return {
        "statusCode": "400" if error else "200",
        "body": str(error) if error else json.dumps(result),
        "headers": {"Content-Type": "application/json"},
    }


def handler(event, context):
    ways = {"POST": lambda device, port, payload, count: decoded(device, port, payload, count)}
    way = event["httpMethod"]
    if way in ways:
        body = json.loads(event["body"])["uplink"]
        return answered(None, ways[way](body["device"], body["port"], body["payload"], body["count"]))
    return answered(ValueError("no such method: {}".format(way)))
