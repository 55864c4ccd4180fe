import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import umap.umap_ as umap
from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem
from rdkit.Chem.MolStandardize import rdMolStandardize
from rdkit.Chem.SaltRemover import SaltRemover
from rdkit.SimDivFilters import rdSimDivPickers
from tqdm import tqdm

RDLogger.DisableLog("rdApp.*")
log = RDLogger.logger()
log.setLevel(RDLogger.CRITICAL)


def cleaned(paths):
    salts = SaltRemover()
    charges = rdMolStandardize.Uncharger()
    rows = []
    for path in paths:
        for one in tqdm(Chem.SDMolSupplier(path, sanitize=True, removeHs=False), desc="cleaning"):
            if one is None:
                continue
            try:
                Chem.SanitizeMol(one, catchErrors=True)
                one = charges.uncharge(salts.StripMol(one))
                Chem.SanitizeMol(one)
                rows.append((Chem.MolToSmiles(one), one.GetProp("_Name") if one.HasProp("_Name") else ""))
            except Exception:
                continue
    return pd.DataFrame(rows, columns=["smiles", "name"])


def _prints(frame, column="smiles", radius=2, bits=2048) -> pd.DataFrame:
    found = []
    for i, text in tqdm(enumerate(frame[column]), total=len(frame)):
        one = Chem.MolFromSmiles(text)
        if one:
            found.append(AllChem.GetMorganFingerprintAsBitVect(one, radius, bits))
    return found


def picked(number: int, frame: pd.DataFrame, column: str = "smiles", plot: bool = True, seed: int = 42):
    frame = pd.read_csv("cleaned.csv")
    prints = _prints(frame=frame, column=column)
    picks = rdSimDivPickers.MaxMinPicker().LazyBitVectorPick(prints, len(prints), number, [], seed)
    if plot:
        bits = np.asarray([np.frombuffer(one.ToBitString().encode(), "S1").astype(np.int8) for one in prints])
        places = umap.UMAP(n_neighbors=15, metric="jaccard", random_state=seed).fit_transform(bits)
        chosen = np.zeros(len(prints), dtype=bool)
        chosen[picks] = True
        plt.scatter(places[~chosen, 0], places[~chosen, 1], s=10, c="black")
        plt.scatter(places[chosen, 0], places[chosen, 1], s=15, c="red")
        plt.show()
    return frame.iloc[picks]


if __name__ == "__main__":
    frame = cleaned(["one.sdf", "two.sdf"])
    frame = picked(number=5000, frame=frame, plot=True, seed=49)
    frame.to_csv("picks.csv", index=False)
