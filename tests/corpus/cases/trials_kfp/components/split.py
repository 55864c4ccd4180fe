"""Rows to learn from, and rows to judge by."""

from kfp import dsl

packages = ["scikit-learn==1.4.1.post1", "pyarrow==15.0.0", "pandas==2.2.1"]


@dsl.component(base_image="python:3.10", packages_to_install=packages)
def split(data: dsl.Input[dsl.Dataset], ratio: float, known: dsl.Output[dsl.Dataset], unseen: dsl.Output[dsl.Dataset]):
    import pandas as pd
    from sklearn.model_selection import train_test_split as tts

    rows = pd.read_parquet(data.path)
    some, others = tts(rows, test_size=ratio)
    some.to_parquet(known.path, index=False)
    others.to_parquet(unseen.path, index=False)
