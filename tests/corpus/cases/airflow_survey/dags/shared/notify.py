from airflow.models import Variable


def on_failure(context):
    from slack_sdk import WebClient

    client = WebClient(token=Variable.get("SLACK_TOKEN"))
    client.chat_postMessage(channel="#pipelines", text=f"failed: {context['task_instance'].task_id}")


def done():
    from airflow.operators.empty import EmptyOperator

    return EmptyOperator(task_id="done")
