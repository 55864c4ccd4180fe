"""Whether reports on drivers are clean: read out of PDF files."""

from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta, timezone
from pathlib import Path
from re import search
from typing import MutableMapping

from dagster import Field, OpExecutionContext, String, op
from dateutil.parser import parse
from pdfquery import PDFQuery
from pyquery import PyQuery


def opened(path: str, *pages):
    pdf = PDFQuery(Path(path).resolve())
    pdf.load(*pages)
    pdf.file.close()
    return pdf


def found(pdf: PDFQuery, text: str):
    return pdf.pq(f'LTTextLineHorizontal:contains("{text}")')


def in_box(pdf: PDFQuery, query: PyQuery, x0: float, y0: float, x1: float, y1: float) -> PyQuery:
    return pdf.pq(f'LTTextLineHorizontal:in_bbox("{x0}, {y0}, {x1}, {y1}")')


def beside(pdf: PDFQuery, query: PyQuery, x0: float, y0: float, x1: float, y1: float) -> PyQuery:
    return in_box(pdf, query, float(query.attr("x0")) + x0, float(query.attr("y0")) + y0, float(query.attr("x1")) + x1, float(query.attr("y1")) + y1)


def day_of(pdf: PDFQuery, label: str):
    line: PyQuery = found(pdf, label)
    if not line.length:
        return None
    try:
        return parse(beside(pdf, line, 0, 0, 0, 0).text().replace(label, "").strip())
    except Exception:
        return None


def is_young(day: datetime):
    if day is None:
        return False, "no day"
    if day.date() < (datetime.now(tz=timezone.utc) - timedelta(days=365)).date():
        return False, "more than a year old"
    return True, "less than a year old"


def by_status(file: str) -> tuple[bool, str]:
    pdf = opened(file, 0)
    told = []
    line = found(pdf, "Status")
    clean = bool(line.length) and bool(search("Clear", beside(pdf, line, 0, -30, 50, -10).text()))
    told.append("clear" if clean else "not clear")
    day = day_of(pdf, "Report completed on")
    young = is_young(day)
    told.append(young[1])
    return clean and young[0], day, told


def by_violations(file: str) -> tuple[bool, str]:
    pdf = opened(file)
    clean = bool(found(pdf, "There are no violations in the report.").length)
    day = day_of(pdf, "Order date:")
    young = is_young(day)
    return clean and young[0], day, [young[1]]


@op(config_schema={"method": Field(String, description="'status' or 'violations'")}, required_resource_keys=["sftp"])
def analyze(context: OpExecutionContext, data: list[dict]) -> list[dict]:
    method = by_violations if context.op_config["method"] == "violations" else by_status
    jobs: MutableMapping[Future, MutableMapping] = {}
    with ThreadPoolExecutor(max_workers=4) as pool:
        for file in data:
            jobs[pool.submit(method, file["path"])] = file
    results = []
    for job in as_completed(jobs):
        file = jobs[job]
        try:
            told = job.result()
            results.append({**file, "result": "Pass" if told[0] else "Fail", "day": told[1]})
        except Exception as error:
            results.append({**file, "result": "Error", "told": str(error)})
    context.log.info(f"{len(data)} files")
    return results


@op(required_resource_keys=["sql_server"])
def noted(context: OpExecutionContext, results: list[dict]):
    for one in results:
        context.resources.sql_server.execute(context, "insert into results values (?, ?)", one["path"], one["result"])
