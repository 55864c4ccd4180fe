import io
import os
import sys
from multiprocessing import Pool

import numpy as np
from PIL import Image
from rdkit import Chem
from rdkit.Chem import QED, Crippen, Descriptors, Lipinski, RDConfig
from rdkit.Chem import rdMolDescriptors as rdmd
from rdkit.Chem.Draw import rdMolDraw2D

sys.path.append(os.path.join(RDConfig.RDContribDir, "SA_Score"))


def from_text(text):
    for one in reversed(text.split()):
        if len(one) >= 7 and Chem.MolFromSmiles(one) is not None:
            return one
    return None


def rules_kept(smiles):
    mol = Chem.MolFromSmiles(smiles)
    Chem.SanitizeMol(mol)
    rules = [
        Descriptors.ExactMolWt(mol) < 500,
        Lipinski.NumHDonors(mol) <= 5,
        Lipinski.NumHAcceptors(mol) <= 10,
        -2 <= Crippen.MolLogP(mol) <= 5,
        rdmd.CalcNumRotatableBonds(mol) <= 10,
    ]
    return np.sum([int(one) for one in rules])


def drug_like(smiles):
    mol = Chem.MolFromSmiles(smiles)
    return None if mol is None else QED.qed(mol)


def from_files(folder):
    paths = [os.path.join(folder, one) for one in os.listdir(folder)]
    return [Chem.MolToSmiles(Chem.SDMolSupplier(path)[0]) for path in paths]


def parts(smiles, clean=True):
    from rdkit.Chem import BRICS

    found = [Chem.MolToSmiles(one) for one in BRICS.BRICSDecompose(Chem.MolFromSmiles(smiles), returnMols=True)]
    return [cleaned(one) for one in found] if clean else found


def cleaned(smiles):
    for number in range(1, 21):
        smiles = smiles.replace(f"([{number}*])", "").replace(f"[{number}*]", "")
    return smiles


def picture(smiles):
    drawer = rdMolDraw2D.MolDraw2DCairo(300, 300)
    drawer.drawOptions().clearBackground = False
    drawer.DrawMolecule(Chem.MolFromSmiles(smiles))
    drawer.FinishDrawing()
    return Image.open(io.BytesIO(drawer.GetDrawingText()))


def saved(smiles, path):
    image = picture(smiles)
    shrunk(image).save(path)


def shrunk(image, side=128):
    image.thumbnail((side, side))
    return image


def prints_of(smiles):
    from rdkit.Chem import AllChem

    return [AllChem.GetMorganFingerprintAsBitVect(Chem.MolFromSmiles(one), 2, 1024) for one in smiles]


def alike(prints):
    from rdkit import DataStructs

    return np.array([DataStructs.BulkTanimotoSimilarity(one, prints) for one in prints])


def as_bits(prints):
    return [one.ToBitString() for one in prints]


def most_alike(table, names):
    np.fill_diagonal(table, 0)
    row, column = np.unravel_index(table.argmax(), table.shape)
    return names[row], names[column]


def scored(names, workers=4):
    with Pool(workers) as pool:
        return dict(zip(names, pool.map(drug_like, names)))


def ranked(scores):
    return sorted((value, name) for name, value in scores.items() if value is not None)


def main(folder):
    names = from_files(folder)
    prints = prints_of(names)
    print(most_alike(alike(prints), names), as_bits(prints)[0])
    best = ranked(scored(names))[-1]
    saved(best[1], "best.png")


if __name__ == "__main__":
    main("mols")
