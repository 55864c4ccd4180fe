import os

import pandas as pd
import pysam


def by_name(reads, several=True, no_extra=False):
    last = None
    group = ()
    for read in reads:
        if read.is_unmapped:
            continue
        if no_extra and "extra" in read.reference_name:
            continue
        if read.qname != last:
            if last is not None and (several or len(group) == 1):
                yield group
            group = {read}
        else:
            group.add(read)
        last = read.qname
    if several or len(group) == 1:
        yield group


def any_one(source, target):
    inside = pysam.Samfile(source, "r")
    unsorted = target + "tmp.bam"
    outside = pysam.AlignmentFile(unsorted, "wb", template=inside)
    for group in by_name(inside):
        outside.write(group.pop())
    outside.close()
    pysam.sort(unsorted, "-o", target)
    os.unlink(unsorted)
    pysam.index(target)


def best(source, target):
    inside = pysam.Samfile(source, "r")
    outside = pysam.AlignmentFile(target, "w", template=inside)
    for group in by_name(inside):
        top = max(read.get_tag("AS") for read in group)
        for read in group:
            if read.get_tag("AS") == top:
                outside.write(read)
    outside.close()


def counts(source):
    rows = [(read.reference_name, len(group)) for group in by_name(pysam.Samfile(source)) for read in group]
    return pd.DataFrame(rows, columns=["name", "hits"]).groupby("name")["hits"].sum()
