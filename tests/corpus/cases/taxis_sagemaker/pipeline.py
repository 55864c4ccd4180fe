"""The pipeline of SageMaker around these jobs."""

import boto3
import sagemaker
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.processing import ProcessingInput, ProcessingOutput, ScriptProcessor
from sagemaker.sklearn.processing import SKLearnProcessor
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionLessThanOrEqualTo
from sagemaker.workflow.functions import JsonGet
from sagemaker.workflow.parameters import ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.steps import ProcessingStep, TrainingStep


def session_of(region, bucket):
    session = boto3.Session(region_name=region)
    return sagemaker.session.Session(
        boto_session=session, sagemaker_client=session.client("sagemaker"), default_bucket=bucket
    )


def pipeline_of(region, role, bucket, name="taxis"):
    session = session_of(region, bucket)
    data = ParameterString(name="data", default_value=f"s3://{bucket}/trips")
    processor = SKLearnProcessor(
        framework_version="1.2-1", instance_type="ml.m5.xlarge", instance_count=1, role=role, sagemaker_session=session
    )
    processed = ProcessingStep(
        name="preprocess",
        processor=processor,
        inputs=[ProcessingInput(source=data, destination="/opt/ml/processing/input")],
        outputs=[ProcessingOutput(output_name="train", source="/opt/ml/processing/train")],
        code="preprocess.py",
    )
    image = sagemaker.image_uris.retrieve(framework="xgboost", region=region, version="1.7-1")
    estimator = Estimator(
        image_uri=image, instance_type="ml.m5.xlarge", instance_count=1, role=role, sagemaker_session=session
    )
    estimator.set_hyperparameters(objective="reg:squarederror", num_round=50)
    address = processed.properties.ProcessingOutputConfig.Outputs["train"].S3Output.S3Uri
    trained = TrainingStep(name="train", estimator=estimator, inputs={"train": TrainingInput(s3_data=address)})
    found = PropertyFile(name="report", output_name="evaluation", path="evaluation.json")
    judged = ProcessingStep(
        name="judge",
        processor=ScriptProcessor(
            image_uri=image, command=["python3"], instance_type="ml.m5.xlarge", instance_count=1, role=role
        ),
        code="evaluate.py",
        property_files=[found],
    )
    good = ConditionLessThanOrEqualTo(left=JsonGet(step_name=judged.name, property_file=found, json_path="rmse.value"), right=7.0)
    return Pipeline(
        name=name,
        parameters=[data],
        steps=[processed, trained, judged, ConditionStep(name="good", conditions=[good], if_steps=[], else_steps=[])],
        sagemaker_session=session,
    )


def main():
    pipeline = pipeline_of("eu-west-1", "arn:aws:iam::1:role/taxis", "taxis")
    pipeline.upsert(role_arn="arn:aws:iam::1:role/taxis")
    print(pipeline.start().arn)


if __name__ == "__main__":
    main()
