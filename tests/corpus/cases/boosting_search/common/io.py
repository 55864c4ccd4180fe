import yaml


def read_settings(path):
    with open(path) as f:
        return yaml.safe_load(f)


def read_table(path):
    import pandas as pd

    return pd.read_excel(path) if str(path).endswith(".xlsx") else pd.read_csv(path)
