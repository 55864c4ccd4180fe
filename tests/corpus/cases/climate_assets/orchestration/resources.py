from pathlib import Path

from dagster_dbt import DbtProject

HOME = Path(__file__).resolve().parent.parent

dbt_project = DbtProject(project_dir=HOME / "dbt", profiles_dir=HOME / "dbt")
dbt_project.prepare_if_dev()
