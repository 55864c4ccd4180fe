from datetime import datetime, timedelta

QUERIES = {"bills": "select * from bills where day between '{0}' and '{1}'"}


def days(kind):
    today = datetime.now().date()
    return today - timedelta(days=7 if kind == "week" else 30), today
