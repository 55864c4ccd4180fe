"""How workers are made."""

from hera.shared import global_config
from hera.workflows import Env, Resources, WorkflowTemplate, script

global_config.host = "https://argo.example.org"


def worker(memory: str = "2Gi"):
    def wrap(function):
        return script(image="buildings:1", resources=Resources(memory_request=memory), env=[Env(name="TZ", value="UTC")])(function)

    return wrap


def template(name: str, **kwargs):
    return WorkflowTemplate(name=name, namespace="buildings", **kwargs)
