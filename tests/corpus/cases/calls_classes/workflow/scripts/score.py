import sys

sys.stderr = open(snakemake.log[0], "w")

import numpy as np
import pandas as pd
import pysam

from common.classification import Existence, Kind, SameGenotype


class Tally:
    def __init__(self, rule, fields):
        self.rule = rule
        self.fields = fields
        if fields[0] is None:
            self.right = 0
            self.wrong = 0
            self.missed = 0
        else:
            self.right = np.zeros(10)
            self.wrong = np.zeros(10)
            self.missed = np.zeros(10)

    def bump(self, counter, share):
        if share is None:
            counter += 1
        else:
            counter[int(share * 10)] += 1

    def register(self, record):
        for found in self.rule.kinds(record):
            share = record.samples[0]["AF"]
            if found.kind is Kind.RIGHT:
                self.bump(self.right, share)
            elif found.kind is Kind.WRONG:
                self.bump(self.wrong, share)
            else:
                self.bump(self.missed, share)

    def precision(self):
        whole = self.right + self.wrong
        return 1.0 if not np.any(whole) else self.right / whole


def results(kind):
    exact = Tally(SameGenotype(kind), snakemake.params.fields)
    there = Tally(Existence(kind), snakemake.params.fields)
    for record in pysam.VariantFile(snakemake.input.calls):
        exact.register(record)
        there.register(record)
    return pd.DataFrame({"precision": [there.precision()], "right": [there.right], "off": [there.right - exact.right]})


kind = "SNV" if snakemake.wildcards.kind == "snvs" else "INDEL"
results(kind).to_csv(snakemake.output[0], sep="\t", index=False)
