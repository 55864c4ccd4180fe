import os
import sys
import time

from common.pdf import is_usable, scanned_text, text_of
from common.robots import is_allowed
from common.text import language_of, site_slug

from . import db, pages
from .browser import Browser


def discover(connection):
    count = 0
    for start in (0, 20, 40):
        try:
            rows = pages.rows_of(pages.listing(start))
        except Exception as error:
            print(error, file=sys.stderr)
            continue
        time.sleep(pages.DELAY)
        for row in rows:
            if row["id"] and is_allowed(row["url"]):
                connection.execute("INSERT OR IGNORE INTO reports VALUES (?, ?, ?, NULL)", (row["id"], row["url"], db.NEW))
                count += 1
    connection.commit()
    return count


def discover_behind_a_wall(connection):
    with Browser() as browser:
        rows = pages.rows_of(browser.html())
    return len(rows)


def fetch(connection, folder):
    os.makedirs(folder, exist_ok=True)
    for row in db.with_status(connection, db.NEW):
        answer = pages.get(row["url"])
        if "pdf" in answer.headers.get("content-type", ""):
            with open(os.path.join(folder, f"{row['id']}.pdf"), "wb") as file:
                file.write(answer.content)
            db.set_status(connection, row["id"], db.FETCHED)


def parse(connection, folder):
    for row in db.with_status(connection, db.FETCHED):
        path = os.path.join(folder, f"{row['id']}.pdf")
        text = text_of(path)
        if not is_usable(text):
            text = scanned_text(path, "ell")
        connection.execute("UPDATE reports SET text = ? WHERE id = ?", (text, row["id"]))
        db.set_status(connection, row["id"], db.PARSED)


def build(connection):
    for row in db.with_status(connection, db.PARSED):
        yield {"slug": site_slug(row["id"], row["url"]), "language": language_of(row["text"]), "text": row["text"]}


STAGES = {"discover": discover, "build": build}


def run(path, stages=("discover", "build")):
    connection = db.connect(path)
    try:
        return [STAGES[stage](connection) for stage in stages]
    finally:
        connection.close()
