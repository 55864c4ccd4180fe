import numpy as np
import pandas as pd
from rdkit import Chem, DataStructs
from rdkit.Chem import AllChem, Descriptors, Descriptors3D, rdMolDescriptors
from rdkit.ML.Descriptors import MoleculeDescriptors


def parsed(texts):
    return [Chem.MolFromSmiles(one) for one in texts]


def flat(molecules, names=[one[0] for one in Descriptors._descList]):
    made = MoleculeDescriptors.MolecularDescriptorCalculator(names)
    return pd.DataFrame([made.CalcDescriptors(one) for one in molecules], columns=made.GetDescriptorNames())


def spatial(molecules, wanted=("NPR1", "PMI1")):
    known = {"NPR1": Descriptors3D.NPR1, "PMI1": Descriptors3D.PMI1, "WHIM": rdMolDescriptors.CalcWHIM}
    return pd.DataFrame([{name: known[name](one) for name in wanted} for one in molecules])


def prints(molecules, radius=2, length=1024, bits=True):
    made = [AllChem.GetMorganFingerprintAsBitVect(one, radius, nBits=length) for one in molecules]
    if bits:
        return pd.DataFrame([np.array(one) for one in made])
    return pd.DataFrame([[DataStructs.DiceSimilarity(one, two) for two in made] for one in made])


def scaled(frame):
    from sklearn.preprocessing import StandardScaler

    return StandardScaler().fit_transform(frame)
