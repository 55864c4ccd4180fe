"""The model on the Hub and on SageMaker, and who is told."""

import os
import subprocess
from typing import Optional

from huggingface_hub import HfApi
from sagemaker.huggingface import HuggingFaceModel
from typing_extensions import Annotated
from zenml import get_step_context, step
from zenml.client import Client
from zenml.logger import get_logger
from zenml.utils.dashboard_utils import get_run_url

from tools.aws import role_of, session_of

logger = get_logger(__name__)
alerter = Client().active_stack.alerter


def committed(message):
    try:
        subprocess.check_output(["git", "add", "."])
        subprocess.check_output(["git", "commit", "-m", message])
    except subprocess.CalledProcessError as error:
        print(error.output)


def told(status: str) -> str:
    context = get_step_context()
    return f"{context.pipeline.name} {status} {get_run_url(context.pipeline_run)}"


def on_failure() -> None:
    if alerter:
        alerter.post(message=told("failed"))


@step(enable_cache=False, on_failure=on_failure)
def to_hub(name: str) -> Annotated[str, "address"]:
    secret = Client().get_secret("hub")
    committed("the page")
    api = HfApi(token=secret.secret_values["token"])
    made = api.create_repo(repo_id=name, repo_type="model", exist_ok=True)
    address = api.upload_folder(folder_path=os.path.join(os.getcwd(), "page"), repo_id=made.repo_id, repo_type="model")
    logger.info(api.list_repo_commits(repo_id=made.repo_id)[0].commit_id)
    return address


@step
def to_sagemaker(repo_id: Optional[str] = None, instance: str = "ml.g5.2xlarge") -> Annotated[str, "endpoint"]:
    if repo_id is None:
        repo_id = get_step_context().model.get_artifact("address").run_metadata["repo_id"].value
    model = HuggingFaceModel(
        env={"HF_MODEL_ID": repo_id, "HF_TASK": "text-classification"},
        role=role_of(),
        transformers_version="4.26.0",
        pytorch_version="1.13.1",
        py_version="py39",
        sagemaker_session=session_of(),
    )
    return model.deploy(initial_instance_count=1, instance_type=instance).endpoint_name
