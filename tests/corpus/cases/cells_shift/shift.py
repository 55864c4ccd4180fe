import argparse
import os

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import scanpy as sc
import statsmodels.formula.api as smf
from statsmodels.genmod.families import Binomial
from statsmodels.stats.multitest import multipletests


def parse_args():
    parser = argparse.ArgumentParser(description="How clusters shift against a control.")
    parser.add_argument("--cells", default="results/cells.h5ad")
    parser.add_argument("--control", default="none")
    parser.add_argument("--groups", nargs="*", default=["low", "high"])
    parser.add_argument("--out", default="results/shift")
    return parser.parse_args()


def shares(cells, group, kind):
    rows = cells.obs[[group, kind]].copy()
    counts = rows.groupby([group, kind]).size().reset_index(name="count")
    totals = counts.groupby(group)["count"].transform("sum")
    counts["share"] = counts["count"] / totals
    return counts.pivot(index=group, columns=kind, values="share").fillna(0)


def counted(cells, sample, group, kind):
    rows = cells.obs[[sample, group, kind]].copy()
    totals = rows.groupby([sample, group]).size().reset_index(name="total")
    counts = rows.groupby([sample, group, kind]).size().reset_index(name="count").rename(columns={kind: "kind"})
    return counts, totals


def one_kind(counts, totals, kind, sample, group):
    part = counts[counts["kind"] == kind][[sample, group, "count"]]
    joined = totals.merge(part, on=[sample, group], how="left")
    joined["count"] = joined["count"].fillna(0)
    return joined[joined["total"] > 0]


def fitted(rows, formula):
    model = smf.glm(formula=formula, data=rows, family=Binomial(), freq_weights=rows["total"])
    return model.fit()


def named_chances(result):
    found = {}
    for term, chance in result.pvalues.items():
        if term.startswith("C(group"):
            found[term.split("T.")[-1].rstrip("]")] = chance
    return found


def chances(counts, totals, kinds, sample, group, control):
    found = {kind: {} for kind in kinds}
    for kind in kinds:
        rows = one_kind(counts, totals, kind, sample, group)
        if rows.empty or rows[group].nunique() < 2:
            continue
        rows = rows.rename(columns={group: "group"}).copy()
        rows["rate"] = rows["count"] / rows["total"]
        found[kind] = named_chances(fitted(rows, f"rate ~ C(group, Treatment(reference='{control}'))"))
    return adjusted(found)


def adjusted(found):
    records = [
        {"kind": kind, "group": group, "chance": chance}
        for kind, groups in found.items()
        for group, chance in groups.items()
    ]
    if not records:
        return found
    rows = pd.DataFrame(records)
    _, fair, _, _ = multipletests(rows["chance"], method="fdr_bh")
    rows["fair"] = fair
    out = {kind: {} for kind in found}
    for _, row in rows.iterrows():
        out[row["kind"]][row["group"]] = row["fair"]
    return out


def stars(chance):
    return "***" if chance < 0.001 else "**" if chance < 0.01 else "*" if chance < 0.05 else "ns"


def drawn(shifts, kinds, groups, found):
    figure, axes = plt.subplots(figsize=(10, 6))
    places = np.arange(len(kinds))
    for number, group in enumerate(groups):
        axes.bar(places + 0.2 * number, shifts[number], width=0.2, label=group)
        for at, kind in enumerate(kinds):
            axes.text(places[at], shifts[number, at], stars(found.get(kind, {}).get(group, 1.0)))
    axes.legend()
    return figure


def main():
    args = parse_args()
    os.makedirs(args.out, exist_ok=True)
    cells = sc.read_h5ad(args.cells)
    table = shares(cells, "group", "leiden")
    counts, totals = counted(cells, "sample", "group", "leiden")
    groups = [one for one in args.groups if one in table.index]
    kinds = table.mean(axis=0).sort_values(ascending=False).head(8).index.tolist()

    def differences(wanted):
        own = table.loc[args.control, wanted].fillna(0)
        return np.array([(table.loc[one, wanted].fillna(0) - own) * 100 for one in groups])

    found = chances(counts, totals, kinds, "sample", "group", args.control)
    figure = drawn(differences(kinds), kinds, groups, found)
    figure.savefig(os.path.join(args.out, "shift.pdf"), bbox_inches="tight")
    plt.close(figure)


if __name__ == "__main__":
    main()
