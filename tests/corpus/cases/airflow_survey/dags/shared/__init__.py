import datetime


def dag_defaults():
    return {"start_date": datetime.datetime(2024, 1, 1), "catchup": False}
