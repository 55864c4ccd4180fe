"""Runs the pipeline that deploys, on Seldon."""

from typing import cast

import click
from zenml.integrations.seldon.model_deployers import SeldonModelDeployer
from zenml.integrations.seldon.services import SeldonDeploymentConfig, SeldonDeploymentService
from zenml.integrations.seldon.steps import SeldonDeployerStepParameters, seldon_model_deployer_step

from src.pipelines.deploying import Wanted, decision, deploying
from src.steps.steps import combiner, drift, evaluator, importer, trainer, transformer


@click.command()
@click.option("--least-f1", default=0.8)
def main(least_f1: float):
    deployer = SeldonModelDeployer.get_active_model_deployer()
    step = seldon_model_deployer_step(
        params=SeldonDeployerStepParameters(
            service_config=SeldonDeploymentConfig(model_name="model", replicas=1, implementation="SKLEARN_SERVER"), timeout=120
        )
    )
    run(decision(config=Wanted(least_f1=least_f1)), step)
    services = deployer.find_model_server(pipeline_name="deploying", model_name="model")
    if not services:
        print("nothing is served")
        return
    service = cast(SeldonDeploymentService, services[0])
    if service.is_running:
        print(f"served at {service.prediction_url}")


def run(decided, deployer) -> None:
    deploying(
        importer=importer(),
        combiner=combiner(),
        transformer=transformer(),
        trainer=trainer(),
        evaluator=evaluator(),
        drift=drift,
        decision=decided,
        deployer=deployer,
    ).run()


if __name__ == "__main__":
    main()
