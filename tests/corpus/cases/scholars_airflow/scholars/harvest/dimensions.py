"""Papers from a service, by the scholars' numbers."""

import datetime
import logging
import os
import time
from functools import cache

import dimcli
import requests
from more_itertools import batched
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from scholars.database import sessions_of
from scholars.schema import STORE, Harvest, Paper, Scholar, written_by


def harvest(number: int, limit: None | int = None) -> None:
    count = 0
    begun = Harvest.by_id(number)
    with sessions_of(STORE).begin() as reading:
        for scholar in reading.query(Scholar).where(Scholar.orcid.is_not(None)).all():
            for found in papers_of(scholar.orcid, since=begun.began):
                count += 1
                if limit is not None and count > limit:
                    logging.warning(f"stopped at {limit}")
                    return
                with sessions_of(STORE).begin() as writing:
                    paper = writing.execute(
                        insert(Paper)
                        .values(doi=found.get("doi"), found=found, found_at=datetime.datetime.now())
                        .on_conflict_do_update(constraint="paper_doi_key", set_=dict(found=found))
                        .returning(Paper.id)
                    ).scalar_one()
                    writing.execute(insert(written_by).values(paper_id=paper, scholar_id=scholar.id).on_conflict_do_nothing())


def papers_by_doi(dois: list, size=200):
    for some in batched(dois, size):
        listed = ",".join(['"{}"'.format(doi) for doi in some])
        answer = asked(f"search publications where doi in [{listed}] return publications [{fields()}]")
        for paper in answer["publications"]:
            yield filled(paper)


def papers_of(orcid: str, since=None):
    when = f' and date_inserted >= "{since}"' if since else ""
    answer = asked(f'search publications where researchers.orcid_id = "{orcid}"{when} return publications [{fields()}]')
    for paper in answer["publications"]:
        yield filled(paper)


def fields():
    return " + ".join(["basics", "doi", "funders", "abstract"])


def filled(paper) -> dict:
    for field in ["authors", "doi", "title"]:
        if field not in paper:
            paper[field] = None
    return paper


@cache
def login():
    dimcli.login(key=os.environ.get("DIMENSIONS_KEY"), endpoint="https://app.dimensions.ai/api/dsl/v2")


def dsl():
    login()
    return dimcli.Dsl(verbose=False)


def asked(question, tries=5):
    number = 0
    while True:
        number += 1
        try:
            return dsl().query_iterative(question, show_results=False, limit=25, force=True, retry=5)
        except requests.exceptions.RequestException as error:
            if number > tries:
                raise error
            if error.response is not None and error.response.status_code == 401:
                login.cache_clear()
            time.sleep(number * 10)


def fill_in(number: int) -> None:
    with sessions_of(STORE).begin() as reading:
        wanted = select(Paper.doi).where(Paper.doi.is_not(None)).execution_options(yield_per=100)
        for rows in reading.execute(wanted).partitions():
            for found in papers_by_doi([row.doi for row in rows], size=100):
                with sessions_of(STORE).begin() as writing:
                    writing.execute(update(Paper).where(Paper.doi == found["doi"]).values(found=found))
