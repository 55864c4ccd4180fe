import pdfplumber
from prefect import get_run_logger, task

from src.models import Checked, Verdict


def pounds(text):
    clean = str(text or "").replace("£", "").replace(",", "")
    return float(clean) if clean not in ("", "-") else 0.0


def venue_row(table, venue):
    return next((row for row in table if row and row[0] == venue), None)


@task(name="weekly pdf")
def parse(path: str) -> tuple:
    logger = get_run_logger()
    with pdfplumber.open(path) as pdf:
        table = pdf.pages[0].extract_table()
    row = venue_row(table, "Old Theatre")
    if row is None:
        raise ValueError("no such venue")
    data = {"venue": row[0], "gross": pounds(row[4]), "net": pounds(row[5])}
    logger.info(data)
    return [data], Checked(Verdict.OPEN, "no totals in it")
