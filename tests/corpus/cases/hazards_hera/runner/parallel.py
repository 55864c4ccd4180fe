from __future__ import annotations

from hera.workflows import DAG, Artifact, Container, Parameter, Script, Workflow, models
from loguru import logger

from runner.argo import SERVICE, submit
from runner.recipe import Recipe, read_recipe


def batch_template(address: str, count: int = 200, image: str | None = None) -> Script:
    return Script(
        name="batch",
        inputs=[
            Parameter(name="count", value=str(count)),
            Artifact(name="input", http=models.HTTPArtifact(url=address), path="/tmp/basins.gpkg"),
        ],
        outputs=[Artifact(name="parts", path="/tmp/parts")],
        image=image or "ghcr.io/hazards/batch",
        source="""
import json
import sys
import geopandas as gpd

rows = gpd.read_file("/tmp/basins.gpkg")
rows.to_file("/tmp/parts/0.gpkg", driver="GPKG")
json.dump(["/tmp/parts/0.gpkg"], sys.stdout)
""",
        command=["python"],
    )


def raster_template(settings: str, image: str | None = None) -> Container:
    return Container(
        name="raster",
        inputs=[Artifact(name="settings", http=models.HTTPArtifact(url=settings), path="/tmp/settings.json")],
        outputs=[Artifact(name="rasters", path="/tmp/rasters")],
        image=image or "ghcr.io/hazards/raster",
        command=["python"],
        args=["-m", "rasters", "-c", "/tmp/settings.json"],
    )


def submit_parallel(recipe: Recipe, wait: bool, address: str, settings: str, rasters: bool = False) -> str:
    with Workflow(generate_name=f"{recipe.id}-", entrypoint="main", workflows_service=SERVICE) as workflow:
        batch = batch_template(address, recipe.features)
        if rasters:
            raster = raster_template(settings)
        with DAG(name="main"):
            parts = batch(name="batch")
            if rasters:
                raster(name="raster", arguments={"artifacts": {"parts": parts.get_artifact("parts")}}).after(parts)
    return submit(workflow, wait=wait)


def submit_recipe(folder: str, wait: bool, address: str, settings: str) -> str:
    name = submit_parallel(read_recipe(folder), wait, address, settings, rasters=True)
    logger.info(f"submitted {name}")
    return name
