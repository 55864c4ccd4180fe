import argparse
import json
import logging
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import scanpy as sc
import scrublet as scr

logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)


def parse_args():
    p = argparse.ArgumentParser()
    p.add_argument("--input", required=True)
    p.add_argument("--output", required=True)
    p.add_argument("--figures", required=True)
    p.add_argument("--rate", type=float, default=0.06)
    p.add_argument("--resolution", type=float, default=0.5)
    return p.parse_args()


def without_doublets(adata, rate, figures):
    scrub = scr.Scrublet(adata.layers["counts"], expected_doublet_rate=rate, random_state=42)
    scores, doublets = scrub.scrub_doublets(verbose=False)
    if doublets is None:
        doublets = scores > np.quantile(scores, 1 - rate)
    adata.obs["score"] = scores
    adata.obs["doublet"] = doublets
    fig, _ = scrub.plot_histogram()
    fig.savefig(figures / "doublets.png")
    plt.close(fig)
    log.info("%d doublets", int(doublets.sum()))
    return adata[~adata.obs["doublet"]].copy()


def clustered(adata, resolution):
    adata = adata.raw.to_adata()
    sc.pp.highly_variable_genes(adata, n_top_genes=2000, flavor="seurat")
    adata.raw = adata
    sc.pp.scale(adata, max_value=10)
    sc.pp.pca(adata, n_comps=40, svd_solver="arpack")
    sc.pp.neighbors(adata, n_neighbors=10)
    sc.tl.leiden(adata, resolution=resolution, flavor="leidenalg", key_added="leiden")
    sc.tl.umap(adata)
    return adata


def drawn(adata, figures):
    sc.pl.umap(adata, color="leiden", legend_loc="on data", show=False)
    plt.savefig(figures / "clusters.png")
    plt.close()


def markers(adata, out):
    sc.pp.highly_variable_genes(adata, n_top_genes=500, flavor="seurat_v3", layer="counts")
    sc.tl.rank_genes_groups(adata, "leiden", method="wilcoxon")
    sc.get.rank_genes_groups_df(adata, None).to_csv(out)


def summary(adata, args):
    sizes = adata.obs["leiden"].value_counts().sort_index().to_dict()
    return {"cells": int(adata.n_obs), "sizes": sizes, "params": vars(args)}


def main():
    args = parse_args()
    figures = Path(args.figures)
    figures.mkdir(parents=True, exist_ok=True)
    sc.settings.set_figure_params(dpi=80, frameon=False)
    adata = without_doublets(sc.read_h5ad(args.input), args.rate, figures)
    adata = clustered(adata, args.resolution)
    drawn(adata, figures)
    markers(adata, figures / "markers.csv")
    adata.write_h5ad(args.output)
    Path(args.output).with_suffix(".json").write_text(json.dumps(summary(adata, args)))


if __name__ == "__main__":
    main()
