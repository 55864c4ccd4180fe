"""Tells somebody when a task fails."""

import logging

from airflow.models import Variable
from honeybadger import honeybadger

honeybadger.configure(api_key=Variable.get("badger_key"), environment=Variable.get("badger_env"), force_sync=True)


def tell_failure(context):
    name = context["task"].task_id
    logging.error(f"{name} failed")
    honeybadger.notify(error_class="Task failure", error_message=f"{name} failed", context=context)


def defaults():
    return {"email": [Variable.get("mail")], "on_failure_callback": tell_failure, "email_on_retry": False}
