"""Who asks SageMaker, and how."""

import os

import boto3
import sagemaker


def role_of():
    name = os.environ.get("ROLE", "SageMakerRole")
    return boto3.client("iam").get_role(RoleName=name)["Role"]["Arn"]


def session_of():
    session = boto3.Session(profile_name=os.environ.get("AWS_PROFILE"))
    return sagemaker.Session(boto_session=session)
