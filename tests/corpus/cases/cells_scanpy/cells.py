import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
import scanpy as sc
from matplotlib import pyplot as plt
from scipy import sparse

sc.settings.verbosity = 1


@dataclass
class Limits:
    genes: int = 200
    cells: int = 3
    share: float = 20.0
    extra: dict = field(default_factory=dict)

    def text(self):
        return json.dumps(asdict(self))


class Steps:
    def __init__(self, source, limits=None):
        self.source = Path(source)
        self.limits = limits or Limits()
        self.data = None
        self._load()

    def _load(self):
        self.data = sc.read_10x_mtx(self.source, var_names="gene_symbols")
        self.data.var_names_make_unique()

    def filter(self):
        sc.pp.filter_cells(self.data, min_genes=self.limits.genes)
        sc.pp.filter_genes(self.data, min_cells=self.limits.cells)
        self.data = self.data[self.data.obs["share"] < self.limits.share].copy()
        return self

    def group(self):
        sc.pp.neighbors(self.data)
        sc.tl.leiden(self.data, resolution=0.5)
        return self

    def counts(self):
        return self.data.obs["leiden"].value_counts()

    def name(self):
        return self.source.stem


def from_table(path):
    table = pd.read_csv(path, index_col=0)
    return ad.AnnData(sparse.csr_matrix(table.values), obs=pd.DataFrame(index=table.index))


def mitochondria(data, prefix="MT-"):
    data.var["mt"] = data.var_names.str.startswith(prefix)
    return np.ravel(data[:, data.var["mt"]].X.sum(axis=1))


def flat(data, out):
    sc.tl.umap(data)
    sc.pl.umap(data, color="leiden", show=False)
    plt.savefig(out)


def keep(data, out):
    data.write_h5ad(out)


def top(counts, number=3):
    return counts.head(number).to_dict()


def merged(paths):
    return ad.concat([from_table(path) for path in paths])


if __name__ == "__main__":
    steps = Steps("sample").filter().group()
    print(top(steps.counts()), steps.name())
    flat(steps.data, "flat.png")
    keep(steps.data, "cells.h5ad")
    print(mitochondria(merged(["a.csv", "b.csv"])).mean(), Limits().text())
