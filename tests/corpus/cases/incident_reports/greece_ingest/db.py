import sqlite3
import time

NEW, FETCHED, PARSED, BUILT, SKIPPED = "new", "fetched", "parsed", "built", "skipped"


def now():
    return int(time.time() * 1000)


def connect(path):
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    connection.execute("CREATE TABLE IF NOT EXISTS reports (id TEXT PRIMARY KEY, url TEXT, status TEXT, text TEXT)")
    return connection


def set_status(connection, report, status):
    connection.execute("UPDATE reports SET status = ?, changed = ? WHERE id = ?", (status, now(), report))
    connection.commit()


def with_status(connection, status):
    return connection.execute("SELECT * FROM reports WHERE status = ?", (status,)).fetchall()
