"""What ``context.resources.x`` is in a function of Dagster: what definitions elsewhere in the project name ``x``."""

from __future__ import annotations

import pytest

from ops0.core.analyzer import function_facts
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

OPS = """
from dagster import op

@op(required_resource_keys={"store"})
def f(context):
    return context.resources.store.get("a")

@op(required_resource_keys={"store"})
def through(context):
    return helped(context, 1)

def helped(context, n):
    store = context.resources.store
    return store, n

def composed():
    return f()

@op(required_resource_keys={"other"})
def other(context):
    return context.resources.other
"""
STORES = """
import boto3, psycopg2
from dagster import ConfigurableResource, ResourceDefinition, resource
from dagster_aws.s3 import S3Resource

@resource
def store(_): return boto3.client("s3")

@resource(config_schema={"host": str})
def wire(_):
    yield psycopg2.connect(host="a")

class Place(ConfigurableResource):
    def get(self, key):
        import redis
        return redis.Redis().get(key)
"""
DEFINED = "from dagster import Definitions, job, with_resources\nfrom flow.ops import f\nfrom flow.stores import *\n"


def said(facts, defined: str, function: str = "f", ops: str = OPS) -> str:  # type: ignore[no-untyped-def]
    files = {
        "flow/__init__.py": "",
        "flow/ops.py": ops,
        "flow/stores.py": STORES,
        "flow/jobs/__init__.py": "",
        "flow/jobs/all.py": DEFINED + defined,
        "outside.py": "import numpy\nfrom dagster import Definitions\nd = Definitions(resources={'store': numpy.ones(3)})",
    }
    found = facts(files, function, entry="flow/ops.py")
    tops = {one.name.partition(".")[0] for one in found.types}
    tops |= {one.module.partition(".")[0] for one in found.imports}
    return " ".join(sorted(tops - {"dagster"}))


@pytest.mark.parametrize(
    ("defined", "expected"),
    [
        ("d = Definitions(assets=[f], resources={'store': store})", "boto3"),
        ("d = Definitions(resources={'store': wire.configured({'host': 'b'})})", "psycopg2"),
        ("d = Definitions(resources=dict(store=wire))", "psycopg2"),
        ("@job(resource_defs={'store': store})\ndef j(): f()", "boto3"),
        ("d = with_resources([f], {'store': store})", "boto3"),
        ("RESOURCES = {'dev': {'store': store}, 'live': {'store': wire}}", "boto3 psycopg2"),
        ("def resources_of(place): return {'store': store}", "boto3"),
        ("d = Definitions(resources={'store': S3Resource()})", "dagster_aws"),
        ("d = Definitions(resources={'store': ResourceDefinition.hardcoded_resource(boto3.client('a'))})", "boto3"),
        ("d = Definitions(resources={'store': Place()})", "redis"),
        ("d = Definitions(resources={'other': store})", ""),
        ("d = Definitions(resources={**{}, 'store': 'plain'})", ""),
        ("names = {'store': store}", ""),
    ],
)  # fmt: skip
def test_a_resource_is_what_the_definitions_name_so(facts, defined: str, expected: str) -> None:  # type: ignore[no-untyped-def]
    assert said(facts, defined) == expected


@pytest.mark.parametrize("function", ["through", "helped", "composed"])
def test_a_resource_counts_for_whoever_asks_for_it_or_calls_who_does(facts, function: str) -> None:  # type: ignore[no-untyped-def]
    assert said(facts, "d = Definitions(resources={'store': store})", function) == "boto3"


def test_another_name_is_another_resource(facts) -> None:  # type: ignore[no-untyped-def]
    assert said(facts, "d = Definitions(resources={'store': store, 'other': wire})", "other") == (
        "psycopg2"
    )


def test_without_dagster_resources_are_anybodys(facts) -> None:  # type: ignore[no-untyped-def]
    plain = "def f(context): return context.resources.store\n"
    assert said(facts, "d = Definitions(resources={'store': store})", ops=plain) == ""


def test_a_file_that_is_no_python_hides_nothing(facts) -> None:  # type: ignore[no-untyped-def]
    broken = {"flow.py": OPS, "broken.py": "dagster (", "all.py": "from dagster import Definitions\nimport boto3\nd = Definitions(resources={'store': boto3.client('a')})"}  # fmt: skip
    found = facts(broken, "f", entry="flow.py")
    assert [one.name for one in found.types] == ["boto3.client"]


def test_definitions_are_found_behind_many_files_that_are_none_and_beside_an_environment(
    facts,
) -> None:  # type: ignore[no-untyped-def]
    files = {f"aside/m{one}.py": "" for one in range(400)}
    files |= {
        "venv/pyvenv.cfg": "",
        "venv/d.py": "import redis, dagster\nd = dict(resources={'store': redis.Redis()})",
    }
    files |= {"flow.py": OPS, "z/defined.py": "from dagster import Definitions\nimport boto3\nd = Definitions(resources={'store': boto3.client('a')})"}  # fmt: skip
    found = facts(files, "f", entry="flow.py")
    assert [one.name for one in found.types] == ["boto3.client"]


class Circle(MemorySource):
    """A project with a folder in which two links lead to itself."""

    def is_dir(self, path: str) -> bool:
        return path.startswith("x") or super().is_dir(path)

    def list(self, path: str) -> tuple[str, ...]:
        return ("a", "b") if path.startswith("x") else (*super().list(path), "x")


def test_links_in_a_circle_come_to_an_end() -> None:
    source = Circle({"flow.py": OPS})
    told = function_facts(source, "flow.py", "f", roots=(".",), target=Target(python="3.11"))
    assert told["f"].types == ()
