from kfp import dsl
from kfp.dsl import Dataset, Output


@dsl.component(base_image="python:3.11")
def load(table: Output[Dataset]):
    import subprocess

    subprocess.run(["pip", "install", "pandas", "scikit-learn"], check=True)

    import pandas as pd
    from sklearn.datasets import load_wine

    wines = load_wine()
    frame = pd.DataFrame(data=wines.data, columns=wines.feature_names)
    frame["kind"] = wines.target
    frame.to_csv(table.path, index=False)
