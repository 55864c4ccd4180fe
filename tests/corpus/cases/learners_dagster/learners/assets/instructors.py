from io import StringIO
from typing import Any

import polars as pl
from dagster import AssetExecutionContext, AssetIn, AssetKey, Output, asset

from learners.lib.warehouse import model_frame
from learners.resources.forge import GithubFactory

REPO = "example/instructors"
PATH = "users.csv"


def as_csv(frame: pl.DataFrame) -> str:
    buffer = StringIO()
    frame.write_csv(buffer)
    return buffer.getvalue()


def merged(old: str, new: str):
    both = [pl.read_csv(StringIO(old)), pl.read_csv(StringIO(new))]
    return pl.concat(both).unique(subset=["email"], keep="first").sort("email")


@asset(name="instructors", group_name="people")
def instructors(context: AssetExecutionContext) -> Output[str]:
    users = model_frame("learners_people", "roles").filter(pl.col("email").is_not_null()).collect()
    context.log.info("%s users", len(users))
    return Output(value=as_csv(users), metadata={"users": len(users)})


@asset(name="instructors_repo", group_name="people", ins={"instructors": AssetIn(key=AssetKey(["instructors"]))})
def instructors_repo(context: AssetExecutionContext, github: GithubFactory, instructors: str) -> Output[dict[str, Any]]:
    repo = github.client().get_repo(REPO)
    base = repo.get_git_ref("heads/main")
    repo.create_git_ref(ref="refs/heads/users", sha=base.object.sha)
    old = repo.get_contents(PATH, ref="main")
    frame = merged(old.decoded_content.decode("utf-8"), instructors)
    repo.update_file(path=PATH, message="new users", content=as_csv(frame), sha=old.sha, branch="users")
    pull = repo.create_pull(title="New users", body=f"{len(frame)} users", head="users", base="main")
    return Output(value={"number": pull.number, "url": link_of(pull)})


def link_of(pull):
    return pull.html_url
