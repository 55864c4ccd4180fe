from typing import Annotated

import pandas as pd
from zenml import step
from zenml.logger import get_logger

logger = get_logger(__name__)


@step
def load(seed: int, target: str) -> Annotated[pd.DataFrame, "people"]:
    people = pd.read_csv("https://data.example.org/people.csv").sample(frac=1, random_state=seed)
    logger.info("%s rows with %s", len(people), target)
    return people.reset_index(drop=True)
