from dataclasses import dataclass
from typing import Annotated

import flytekit
import pandas
from flytekit import ImageSpec, Resources, kwtypes, task, workflow
from flytekit.types.file import FlyteFile
from flytekit.types.structured.structured_dataset import StructuredDataset
from flytekitplugins.deck.renderer import FrameProfilingRenderer
from flytekitplugins.spark import Spark

columns = kwtypes(name=str, age=int)
image = ImageSpec(packages=["pandas", "pyarrow"])


@dataclass
class Bounds:
    low: int = 0
    high: int = 120


@task(task_config=Spark(spark_conf={"spark.driver.memory": "1000M"}), limits=Resources(mem="2000M"))
def people() -> Annotated[StructuredDataset, columns]:
    session = flytekit.current_context().spark_session
    return StructuredDataset(dataframe=session.createDataFrame([("Ann", 5), ("Bo", 10)], ["name", "age"]))


@task(container_image=image)
def total(one: Annotated[StructuredDataset, columns], bounds: Bounds) -> int:
    table: pandas.DataFrame = one.open(pandas.DataFrame).all()
    return int(table[table["age"].between(bounds.low, bounds.high)]["age"].sum())


@task(enable_deck=True)
def profiled(one: StructuredDataset) -> FlyteFile:
    table = one.open(pandas.DataFrame).all()
    flytekit.Deck("profile", FrameProfilingRenderer("people").to_html(table))
    table.to_csv("people.csv")
    return FlyteFile("people.csv")


@task
def lines(file: FlyteFile) -> int:
    with open(file) as handle:
        return len(handle.readlines())


@workflow
def ages() -> int:
    one = people()
    lines(file=profiled(one=one))
    return total(one=one, bounds=Bounds())


if __name__ == "__main__":
    print(ages())
