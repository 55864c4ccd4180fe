from kfp import dsl
from kfp.dsl import Dataset, Input, Output


@dsl.component(base_image="python:3.11")
def prepare(
    table: Input[Dataset],
    known: Output[Dataset],
    unseen: Output[Dataset],
    known_kinds: Output[Dataset],
    unseen_kinds: Output[Dataset],
):
    import subprocess

    subprocess.run(["pip", "install", "pandas", "scikit-learn"], check=True)

    import pandas as pd
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    frame = pd.read_csv(table.path)
    if frame.isnull().values.any():
        frame = frame.dropna()
    measures = frame.drop(columns=["kind"])
    scaled = StandardScaler().fit_transform(measures)
    parts = train_test_split(scaled, frame["kind"], test_size=0.25, random_state=3)
    pd.DataFrame(parts[0], columns=measures.columns).to_csv(known.path, index=False)
    pd.DataFrame(parts[1], columns=measures.columns).to_csv(unseen.path, index=False)
    pd.DataFrame(parts[2]).to_csv(known_kinds.path, index=False)
    pd.DataFrame(parts[3]).to_csv(unseen_kinds.path, index=False)
