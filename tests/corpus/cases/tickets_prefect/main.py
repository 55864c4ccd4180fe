import json
import os
from datetime import timezone

from dateutil import parser as dates
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact

from src.alerts import tell_channel
from src.engine import Engine
from src.env import prepare_environment
from src.mailbox import Mailbox
from src.upload import upload

prepare_environment()

RULES_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules.json")
with open(RULES_PATH) as file:
    RULES = json.load(file)

mailbox = Mailbox(
    tenant=os.getenv("TENANT"),
    client=os.getenv("CLIENT"),
    secret=os.getenv("SECRET"),
    user=os.getenv("INBOX"),
)
engine = Engine(RULES["settings"], RULES_PATH)


def is_wanted(mail, rule, since):
    sender = mail.get("from", {}).get("emailAddress", {}).get("address", "").lower()
    when = dates.parse(mail["receivedDateTime"]).astimezone(timezone.utc)
    return when >= since and rule["sender"].lower() in sender


@task(name="find mails", retries=2)
def find_mails():
    logger = get_run_logger()
    seen = engine.seen()
    found = []
    for rule in RULES["rules"]:
        since = dates.parse(rule.get("since", "2000-01-01")).replace(tzinfo=timezone.utc)
        for mail in mailbox.search(f'"{rule["sender"]} {rule["subject"]}"'):
            if mail["id"] not in seen and is_wanted(mail, rule, since):
                found.append({"mail": mail, "rule": rule})
    logger.info(f"{len(found)} mails")
    return found


@task(name="process one")
def process_one(found):
    logger = get_run_logger()
    mail, rule = found["mail"], found["rule"]
    path = ""
    try:
        content, _ = mailbox.attachment(mail["id"], rule["ending"])
        name = engine.file_name(rule["meta"], mail["receivedDateTime"], rule["ending"])
        path = os.path.join(engine.base, engine.folders["inbox"], name)
        with open(path, "wb") as target:
            target.write(content)
        frame, checked, csv_path = engine.process(path, rule)
        upload(csv_path, os.path.basename(csv_path))
        create_markdown_artifact(key=f"v-{mail['id'][:12].lower()}", markdown=checked.as_table())
        engine.note_seen(mail["id"])
        return True, rule["name"]
    except Exception as error:
        engine.quarantine(path)
        tell_channel(f"{rule['name']}: {error}", logger)
        return False, rule["name"]


@task(name="summary")
def summary(results):
    good = [name for done, name in results if done]
    return f"{len(good)} of {len(results)}: {', '.join(good)}"


@flow(name="ticket reports", log_prints=True)
def ticket_reports():
    results = [process_one(found) for found in find_mails()]
    if results:
        tell_channel(summary(results), get_run_logger())
    print(len(results))


if __name__ == "__main__":
    ticket_reports.serve(name="ticket-reports", cron="*/15 * * * *")
