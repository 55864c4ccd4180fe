from datetime import timedelta

from airflow.utils.email import send_email


def told(context) -> None:
    send_email(to="ops@example.org", subject=str(context["task_instance"].task_id), html_content="It failed.")


def defaults() -> dict:
    return {"owner": "data", "retries": 2, "retry_delay": timedelta(minutes=5), "on_failure_callback": told}
