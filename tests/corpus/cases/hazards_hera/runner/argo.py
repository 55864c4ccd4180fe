from __future__ import annotations

import os

from hera.exceptions import NotFound
from hera.workflows import Workflow, WorkflowsService
from loguru import logger

SERVICE = WorkflowsService(host=os.environ.get("ARGO", "http://localhost:2746"), namespace="hazards")


def submit(workflow: Workflow, wait: bool = False) -> str:
    made = workflow.create(wait=wait)
    logger.info(f"made {made.metadata.name}")
    return made.metadata.name


def status(name: str) -> str | None:
    try:
        return SERVICE.get_workflow(name).status.phase
    except NotFound:
        return None
