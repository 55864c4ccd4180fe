from typing import Annotated, Tuple

import pandas as pd
from sklearn.model_selection import train_test_split
from zenml import step


@step
def split(people: pd.DataFrame, share: float = 0.3) -> Tuple[Annotated[pd.DataFrame, "train"], Annotated[pd.DataFrame, "test"]]:
    train, test = train_test_split(people, test_size=share)
    return pd.DataFrame(train, columns=people.columns), pd.DataFrame(test, columns=people.columns)
