import re

import pandas as pd
from prefect import get_run_logger, task

from src.models import Checked, Verdict

COLUMNS = {"code", "free", "paid", "gross"}


def money(value):
    if pd.isna(value) or value == "":
        return 0.0
    if isinstance(value, (int, float)):
        return float(value)
    text = re.sub(r"\s+", "", str(value).replace("$", ""))
    return float(text.replace(",", ""))


def count(value):
    return int(round(money(value)))


def first_text(row):
    return str(row[0]).strip() if row else None


@task(name="settlement")
def parse(path):
    logger = get_run_logger()
    engine = "xlrd" if path.endswith(".xls") else "openpyxl"
    frame = pd.read_excel(path, header=None, engine=engine)
    rows = []
    total = 0.0
    for row in frame.values.tolist():
        if first_text(row) == "Value Total":
            rows.append({"code": row[1], "free": count(row[2]), "paid": count(row[3]), "gross": money(row[4])})
        elif first_text(row) == "Span Total":
            total = money(row[4])
    if rows and set(rows[0]) != COLUMNS:
        raise ValueError("other columns")
    gross = sum(row["gross"] for row in rows)
    logger.info(f"{len(rows)} rows")
    verdict = Verdict.GOOD if abs(gross - total) < 1 else Verdict.BAD
    return rows, Checked(verdict, figures={"gross": gross, "told": total})
