"""Asks a landlord's site for flats each half hour, and writes to who looks for one."""

import json
import os
import smtplib
import subprocess
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import prefect
from prefect import flow, task
from prefect.variables import Variable


def setting(name: str):
    return Variable.get(name, default=os.getenv(name))


@task(log_prints=True)
def crawl():
    try:
        command = f"scrapy crawl flats -a user={setting('user')} -a password={setting('password')}"
        done = subprocess.run(command, shell=True, capture_output=True, text=True)
        if done.returncode != 0:
            prefect.get_run_logger().error(f"no flats: {done.stderr}")
            raise Exception(done.stderr)
        return "offers/flats.json"
    except Exception as error:
        prefect.get_run_logger().error(f"{error}")
        raise


@task(log_prints=True)
def read(path):
    with open(path, "r") as file:
        flats = json.load(file)
    prefect.get_run_logger().info(f"{len(flats)} flats")
    return flats


@task(log_prints=True)
def write_mail(flats):
    sender = setting("sender")
    receiver = setting("receiver")
    text = "Flats:\n"
    for one in flats:
        text += f"{one['town']}, {one['rooms']} rooms, {one['rent']}\n"
    mail = MIMEMultipart()
    mail["From"] = sender
    mail["To"] = receiver
    mail["Subject"] = f"{len(flats)} flats"
    mail.attach(MIMEText(text, "plain"))
    with smtplib.SMTP_SSL("mail.example.org", 465) as server:
        server.login(sender, setting("secret"))
        server.sendmail(sender, receiver, mail.as_string())


@flow(log_prints=True)
def rents():
    flats = read(crawl())
    if flats:
        write_mail(flats)


if __name__ == "__main__":
    rents.deploy(name="rents", cron="*/30 * * * *", work_queue_name="default")
