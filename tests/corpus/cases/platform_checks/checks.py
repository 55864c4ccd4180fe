import json
import subprocess
import time

import mlflow
import mlflow.sklearn
import requests
from loguru import logger
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

from statuses import Status
from texts import clean

PROJECT = "check"


def cluster_runs():
    try:
        done = subprocess.run(["minikube", "status"], capture_output=True, text=True, check=True)
        return "Running" in done.stdout
    except (subprocess.CalledProcessError, FileNotFoundError):
        return False


def has_ingress(name="registry"):
    try:
        done = subprocess.run(["kubectl", "get", "ingress", name, "-o", "json"], capture_output=True, text=True, check=True)
        return bool(json.loads(done.stdout))
    except subprocess.CalledProcessError:
        return False


def reachable(url):
    try:
        return requests.get(url, timeout=5).status_code == 200
    except requests.RequestException:
        logger.error(f"out of reach: {url}")
        return False


def posted(url, data, headers=None):
    response = requests.post(url, json=data, headers=headers or {"Content-Type": "application/json"})
    return {"status": response.status_code, "text": response.text}


def pushed():
    data = load_iris()
    x, x_test, y, y_test = train_test_split(data.data, data.target, test_size=0.3)
    mlflow.set_tracking_uri(f"http://models.example/registry/{PROJECT}/")
    with mlflow.start_run():
        model = RandomForestClassifier(n_estimators=10).fit(x, y)
        mlflow.log_metric("accuracy", accuracy_score(y_test, model.predict(x_test)))
        mlflow.sklearn.log_model(model, name="custom", registered_model_name="checked")
    names = [one["name"] for one in json.loads(requests.get(f"http://models.example/{PROJECT}/list").text)]
    assert "checked" in names


def deployed():
    task = requests.get(f"http://models.example/{PROJECT}/deploy/checked/1").json()
    status = task["status"]
    while status not in (Status.done, Status.failed):
        status = requests.get(f"http://models.example/tasks/{task['id']}").json()["status"]
        time.sleep(5)
    return requests.get(f"http://models.example/{clean('checked model')}/health").json()["status"] == "healthy"
