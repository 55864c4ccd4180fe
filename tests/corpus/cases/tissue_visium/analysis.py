import matplotlib.pyplot as plt
import scanpy as sc
import seaborn as sns
import squidpy as sq


class Analysis:
    def __init__(self):
        self.folder = "sample/"

    @staticmethod
    def settings():
        sc.set_figure_params(facecolor="white", figsize=(8, 8))
        sc.settings.verbosity = 3

    def read(self, folder: str):
        data = sc.read_visium(folder)
        data.var_names_make_unique()
        data.var["mt"] = data.var_names.str.startswith("MT-")
        sc.pp.calculate_qc_metrics(data, qc_vars=["mt"], inplace=True)
        return data

    def counts_drawn(self, data):
        fig, axs = plt.subplots(1, 2, figsize=(15, 4))
        sns.histplot(data.obs["total_counts"], kde=False, ax=axs[0])
        sns.histplot(data.obs["n_genes_by_counts"], kde=True, bins=60, ax=axs[1])

    def filtered(self, data):
        sc.pp.filter_cells(data, min_counts=5000)
        return data[data.obs["pct_counts_mt"] < 20]

    def normal(self, data):
        sc.pp.normalize_total(data, inplace=True)
        sc.pp.log1p(data)
        sc.pp.highly_variable_genes(data, flavor="seurat", n_top_genes=2000)

    def reduced(self, data):
        sc.pp.pca(data)
        sc.pp.neighbors(data)
        sc.tl.umap(data)
        sc.tl.leiden(data, key_added="clusters")

    def spatial_drawn(self, data):
        plt.rcParams["figure.figsize"] = (8, 8)
        sc.pl.spatial(data, img_key="hires", color="clusters", size=1.5)

    def moran(self, data):
        genes = data[:, data.var.highly_variable].var_names.values[:100]
        sq.gr.spatial_neighbors(data)
        sq.gr.spatial_autocorr(data, mode="moran", genes=genes, n_perms=100, n_jobs=1)
        return data.uns["moranI"].head(10)

    def run(self):
        self.settings()
        data = self.read(self.folder)
        self.counts_drawn(data)
        data = self.filtered(data)
        self.normal(data)
        self.reduced(data)
        self.spatial_drawn(data)
        print(self.moran(data))
        return data


if __name__ == "__main__":
    Analysis().run()
