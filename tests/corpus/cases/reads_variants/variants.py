import argparse
import gzip
import os
import subprocess
import sys
from collections import Counter, namedtuple
from pathlib import Path
from shutil import which

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd
import pysam
import seaborn as sns
from Bio import SeqIO
from Bio.SeqUtils import gc_fraction
from cyvcf2 import VCF

sns.set_theme(style="ticks")
Region = namedtuple("Region", "name start end")


def run(command, **kwargs):
    print(command, file=sys.stderr)
    return subprocess.run(command, shell=True, check=True, **kwargs)


def index(reference):
    run(f"samtools faidx {reference}")
    run(f"bwa index {reference}")


def align(reference, first, second, out, threads=4):
    with open(out, "wb") as bam:
        bwa = subprocess.Popen(["bwa", "mem", "-t", str(threads), reference, first, second], stdout=subprocess.PIPE)
        subprocess.run(["samtools", "sort", "-"], stdin=bwa.stdout, stdout=bam, check=True)
    pysam.index(out)
    return out


def lengths(fasta):
    opener = gzip.open if fasta.endswith(".gz") else open
    with opener(fasta, "rt") as handle:
        return {record.id: len(record) for record in SeqIO.parse(handle, "fasta")}


def gc(record):
    return gc_fraction(record.seq)


def gc_table(fasta):
    rows = [(record.id, gc(record)) for record in SeqIO.parse(fasta, "fasta")]
    return pd.DataFrame(rows, columns=["contig", "gc"])


def depth(bam, region):
    with pysam.AlignmentFile(bam) as reads:
        return [column.n for column in reads.pileup(region.name, region.start, region.end)]


def windows(sizes, step=1000):
    for name, size in sizes.items():
        for start in range(0, size, step):
            yield Region(name, start, min(size, start + step))


def mapped(read):
    return not read.is_unmapped and read.mapping_quality > 20


def count_mapped(bam):
    reads = pysam.AlignmentFile(bam)
    return Counter(read.reference_name for read in reads if mapped(read))


def calls(path):
    for record in VCF(path):
        yield record.CHROM, record.POS, record.REF, record.ALT


def transitions(found):
    pairs = {("A", "G"), ("G", "A"), ("C", "T"), ("T", "C")}
    return sum((ref, alt[0]) in pairs for _, _, ref, alt in found)


def draw(depths, out):
    figure, axes = plt.subplots()
    axes.plot(depths)
    figure.savefig(out)


def histogram(table, out):
    axes = sns.histplot(table["gc"])
    axes.figure.savefig(out)


def tools():
    missing = [name for name in ("samtools", "bwa") if which(name) is None]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reference")
    parser.add_argument("reads", nargs=2)
    arguments = parser.parse_args()
    tools()
    index(arguments.reference)
    bam = align(arguments.reference, *arguments.reads, "out.bam")
    first = next(windows(lengths(arguments.reference)))
    draw(depth(bam, first), "depth.png")
    histogram(gc_table(arguments.reference), "gc.png")
    print(count_mapped(bam).most_common(3))


if __name__ == "__main__":
    main()
