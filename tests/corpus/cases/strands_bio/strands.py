import concurrent.futures
from pathlib import Path

import numpy as np
import pandas as pd
import requests as web
from Bio import Entrez, SeqIO
from Bio.Seq import Seq
from Bio.SeqRecord import SeqRecord
from more_itertools import chunked
from tqdm import tqdm

TABLE = "../pairs.tsv"


def to_fasta(df: pd.DataFrame, path: Path, side: str):
    """A record for each row. ``side``: 1 is RNA, 2 a protein."""
    with open(path, "w") as handle:
        records = [
            SeqRecord(Seq(row[f"strand_{side}"]), id=f"{row[f'raw_{side}']}_{row[f'number_{side}']}")
            for _, row in df.iterrows()
        ]
        SeqIO.write(records, handle, "fasta")


def row_to_fasta(row: pd.Series, path: Path, side: int):
    with open(path, "w") as handle:
        SeqIO.write([SeqRecord(Seq(row[f"strand_{side}"]), id=f"{row[f'raw_{side}']}")], handle, "fasta")


def pairs_of(database: str, path=TABLE):
    df = read_pairs(path)
    df = df[df["raw_1"].str.startswith(f"{database}:", na=False)]
    df["database"] = df["raw_1"].str.split(":").str[0]
    return df


def read_pairs(path: str):
    kinds = {"pair": str, "raw_1": str, "raw_2": str, "score": float, "strong": str}
    return pd.read_csv(path, sep="\t", dtype=kinds)


def share_of(df, shares, number):
    """The rows for one of several jobs."""
    if shares == 1:
        return df.to_dict("records")
    each = len(df) // shares
    begin = number * each
    end = len(df) if number == shares - 1 else begin + each
    return df.iloc[begin:end].to_dict("records")


def fetched(fetch, size, ids, tries=3) -> pd.DataFrame:
    results = []
    for number, some in enumerate(tqdm(list(chunked(ids, size)))):
        failed = 0
        for _ in range(tries):
            try:
                results += fetch(some)
                break
            except Exception as fault:
                print(fault)
                failed += 1
        if failed == tries:
            print(f"{number}: given up")
    return pd.DataFrame(results)


def databases():
    df = pd.read_csv(TABLE, sep="\t")
    df["protein_db"] = df["raw_2"].str.split(":").str[0]
    print(list(df["protein_db"].unique()))


def spread(df: pd.DataFrame):
    edges = np.arange(0.0, 1.1, 0.1)
    scores = np.array(list(df["score"]))
    counts = dict()
    for i in range(1, len(edges)):
        inside = (edges[i - 1] <= scores) & (scores < edges[i])
        counts[f"{edges[i - 1]:.1f}-{edges[i]:.1f}"] = len(scores[inside])
    return counts


def strand(number: int, begin: int, end: int):
    Entrez.email = "strands@example.org"
    for _ in range(3):
        try:
            handle = Entrez.efetch(db="nuccore", id=number, seq_start=begin, seq_stop=end, rettype="fasta")
            return (number, list(SeqIO.parse(handle, "fasta")))
        except Exception as fault:
            print(fault)
    return -1


def lengths(sizes: list, df: pd.DataFrame):
    below = {}
    for size in sizes:
        below[size] = df[df["length"] < size].shape[0]
        print(f"{below[size]:,} below {size}")
    print(df["length"].max())
    return below


def protein(name):
    for _ in range(3):
        try:
            answer = web.post("https://rest.example.org/proteins/" + name + ".fasta")
            if answer.ok:
                return name, "".join(answer.text)
        except Exception as fault:
            print(fault)
    return name, -1


def recovered(before: pd.DataFrame, after: pd.DataFrame, column="raw_1"):
    had, have = before[column].nunique(), after[column].nunique()
    print(f"{had:,} {have:,} {round(have / had * 100, 2)} %")


def without(df: pd.DataFrame, letters: list) -> pd.DataFrame:
    if isinstance(letters, str):
        letters = [letters]
    for letter in letters:
        df[f"has_{letter}"] = df["strand_1"].str.contains(letter)
        df = df[df[f"has_{letter}"] == False]  # noqa: E712
        df = df.drop([f"has_{letter}"], axis=1)
    return df


def strands(wanted: list):
    results = []
    assert "number" in wanted[0]
    with concurrent.futures.ThreadPoolExecutor(max_workers=3) as executor:
        futures = [executor.submit(strand, one["number"], one["begin"], one["end"]) for one in wanted]
        for i, future in enumerate(concurrent.futures.as_completed(futures)):
            if i % 100 == 0:
                print(f"{i}/{len(wanted)}")
            results.append(future.result())
    return results


def proteins(names):
    results = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=20) as executor:
        futures = [executor.submit(protein, name) for name in names]
        for future in concurrent.futures.as_completed(futures):
            results.append(future.result())
    return results
