"""Puts what was said of molecules into their network. A script of Snakemake's."""

import glob
import os
import sys

import networkx as nx
import pandas as pd
from pyteomics import auxiliary, mgf


def scans_of(matrix, path):
    spectra = mgf.MGF(source=path, use_header=True, convert_arrays=2, read_charges=True, read_ions=False)
    params = []
    for spectrum in spectra:
        params.append(spectrum["params"])
    frame = pd.DataFrame(params)
    frame["feature_id"] = frame["feature_id"].str.replace(r"e_", "")
    matrix.insert(0, "SCANS", "")
    for i, number in zip(matrix.index, matrix["id"]):
        hits = []
        for scans, feature in zip(frame["scans"], frame["feature_id"]):
            if feature == number and f"{scans}" not in hits:
                hits.append(f"{scans}")
        matrix["SCANS"][i] = " ## ".join(hits)
    return matrix


def best(pattern):
    frames = []
    for path in glob.glob(os.path.join("results", "sirius", pattern)):
        frame = pd.read_csv(path, sep="\t", index_col="Unnamed: 0")
        pd.to_numeric(frame["rank"])
        frames.append(frame.loc[frame["rank"] == 1].reset_index())
    return pd.concat(frames, ignore_index=True).drop(columns="index")


def noted(graph, records):
    for record in records:
        scan = str(record["SCANS"])
        if scan in graph:
            graph.nodes[scan]["sirius:formula"] = record["formula"]
            graph.nodes[scan]["sirius:score"] = record["score"]


def whole(matrix, spectra, before, after):
    frame = pd.read_csv(matrix, sep="\t")
    frame["id"] = frame["id"].astype(str)
    frame = scans_of(frame, spectra)
    formulas = best("formulas_*.tsv")
    graph = nx.read_graphml(before)
    noted(graph, formulas.to_dict(orient="records"))
    nx.write_graphml(graph, after)


if __name__ == "__main__":
    whole(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4])
