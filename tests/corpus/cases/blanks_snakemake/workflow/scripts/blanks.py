"""Leaves out what also stands in blank samples. A script of Snakemake's."""

import glob
import os
import sys

import pandas as pd
from pyopenms import *


def without_blanks(files, out):
    maps = []
    for file in glob.glob(os.path.join("results", "found", "FFM_*.featureXML")):
        found = FeatureMap()
        FeatureXMLFile().load(file, found)
        maps.append(found)
    grouper = FeatureGroupingAlgorithmKD()
    consensus = ConsensusMap()
    headers = consensus.getColumnHeaders()
    for i, one in enumerate(maps):
        header = headers.get(i, ColumnHeader())
        header.filename = os.path.basename(one.getMetaValue("spectra_data")[0].decode())[7:]
        header.size = one.size()
        headers[i] = header
    grouper.group(maps, consensus)
    consensus.setUniqueIds()
    consensus.setColumnHeaders(headers)

    frame = consensus.get_df()
    frame["ids"] = [[handle.getUniqueId() for handle in one.getFeatureList()] for one in consensus]
    frame = frame.reset_index().drop(columns=["sequence", "mz", "RT"])
    blank = pd.read_csv(os.path.join("config", "blanks.tsv"), sep="\t")
    names = (blank["sample"].astype(str) + ".mzML").values.tolist()
    samples = frame[[column for column in frame.columns if column not in names]]
    blanks = frame[[column for column in frame.columns if column in names]]

    def kept(blanks, samples, most):
        blank_mean = blanks.mean(axis=1, skipna=False)
        sample_mean = samples.drop(columns=["ids"]).mean(axis=1, skipna=False)
        real = ((blank_mean + 1) / (sample_mean + 1)) < most
        return [one for some in samples[real.values]["ids"] for one in some]

    ids = kept(blanks, samples, 0.3)
    for one in maps:
        clean = FeatureMap(one)
        clean.clear(False)
        for feature in one:
            if feature.getUniqueId() in ids:
                clean.push_back(feature)
        FeatureXMLFile().store(out, clean)
    return out


if __name__ == "__main__":
    without_blanks(sys.argv[1], sys.argv[2])
