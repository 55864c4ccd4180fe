from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path

import numpy as np
import pandas as pd
from pydeseq2.dds import DeseqDataSet
from pydeseq2.ds import DeseqStats

TREATED, CONTROL, FACTOR = "mix", "none", "Group"
VERSION = "0.5.0"


def read_inputs(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, list[str]], int]:
    layout = pd.read_csv(folder / "layout.csv", dtype=str)
    chosen = layout.loc[layout[FACTOR].isin([CONTROL, TREATED]), ["SampleID", FACTOR]].copy()
    sizes = chosen.groupby(FACTOR, observed=True).size().to_dict()
    if sizes != {CONTROL: 3, TREATED: 3}:
        raise ValueError(sizes)
    chosen["column"] = chosen["SampleID"].str.replace("-", "_", regex=False)
    counts = pd.read_csv(folder / "counts.csv", index_col=0)
    number = int(counts.shape[0])
    counts = counts.loc[:, chosen["column"].tolist()].apply(pd.to_numeric, errors="raise")
    if not np.isfinite(counts.to_numpy()).all():
        raise ValueError("counts")
    counts = counts.astype(np.int64)
    counts = counts.loc[(counts > 10).any(axis=1)]
    about = chosen.set_index("column")[[FACTOR]].copy()
    about[FACTOR] = pd.Categorical(about[FACTOR], categories=[CONTROL, TREATED])
    names = {one: chosen.loc[chosen[FACTOR] == one, "SampleID"].tolist() for one in (CONTROL, TREATED)}
    return counts.T, about, names, number


def compared(counts: pd.DataFrame, about: pd.DataFrame) -> pd.DataFrame:
    if importlib.metadata.version("pydeseq2") != VERSION:
        raise RuntimeError(VERSION)
    data = DeseqDataSet(counts=counts, metadata=about, design=f"~{FACTOR}", refit_cooks=True, quiet=True)
    data.deseq2()
    stats = DeseqStats(data, contrast=[FACTOR, TREATED, CONTROL], alpha=0.05, quiet=True)
    stats.summary()
    return stats.results_df.loc[:, ["baseMean", "log2FoldChange", "pvalue", "padj"]]


def named(results, folder):
    names = pd.read_csv(folder / "names.tsv", sep="\t", dtype=str).drop_duplicates("id").set_index("id")["name"]
    table = results.copy()
    table.insert(0, "name", table.index.to_series().map(names))
    table["passes"] = table["padj"].notna() & (table["padj"] < 0.05)
    table["way"] = np.where(table["passes"] & (table["log2FoldChange"] > 0), "up", "down")
    return table.sort_values(["passes", "padj"]).reset_index(drop=True)


def summed(table, names, number):
    passing = table["passes"]
    return {
        "samples": names,
        "genes": number,
        "kept": int(len(table)),
        "passing": int(passing.sum()),
        "up": int((table["way"] == "up").sum()),
    }


def as_text(summary: dict[str, object]) -> str:
    return f"{summary['passing']} of {summary['genes']} genes pass."


def volcano(table, path):
    from adjustText import adjust_text
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    axes.scatter(table["log2FoldChange"], -np.log10(table["padj"]), s=4)
    texts = [axes.text(row.log2FoldChange, 0, row.name) for row in table.head(10).itertuples()]
    adjust_text(texts)
    figure.savefig(path)


def main() -> None:
    folder = Path(__file__).resolve().parent
    counts, about, names, number = read_inputs(folder / "inputs")
    table = named(compared(counts, about), folder / "inputs")
    summary = summed(table, names, number)
    table.to_csv(folder / "genes.csv", index=False)
    (folder / "summary.json").write_text(json.dumps(summary))
    (folder / "report.md").write_text(as_text(summary))
    volcano(table, folder / "volcano.png")


if __name__ == "__main__":
    main()
