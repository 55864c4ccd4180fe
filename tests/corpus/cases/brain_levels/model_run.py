import os
from os.path import join as opj

import nipype.interfaces.fsl as fsl
import nipype.pipeline.engine as pe
from nipype.interfaces import utility as niu

BASE = opj(os.environ.get("SCRATCH", "."), "brains")


def motion(confounds):
    import os

    import pandas as pd

    columns = ["trans_x", "trans_y", "rot_x", "rot_y"]
    pd.read_csv(confounds, sep="\t").to_csv("motion.tsv", sep="\t", columns=columns, header=False)
    return os.path.abspath("motion.tsv")


def info(contrasts, events):
    from json import load

    import numpy as np
    import pandas as pd
    from nipype.interfaces.base import Bunch

    read = lambda path: pd.read_csv(path, sep="\t")
    table = read(events).groupby("kind").aggregate(list).reset_index().to_dict("list")
    table["amplitudes"] = [one if not np.isnan(one).all() else np.ones(len(one)) for one in table["amplitudes"]]
    with open(contrasts) as file:
        return Bunch(**table), load(file)


def by_contrast(copes, varcopes):
    def turned(files):
        import numpy as np

        return np.array(files).T.tolist()

    return turned(copes), turned(varcopes)


def freedom(dofs, copes):
    import nibabel as nb
    import numpy as np

    image = nb.load(copes[0])
    out = np.zeros([*image.shape, len(copes)])
    for index, dof in enumerate(dofs):
        out[..., index] = np.loadtxt(dof)
    nb.Nifti1Image(out, None, image.header).to_filename("dof.nii.gz")
    return "dof.nii.gz"


motion_node = pe.Node(niu.Function(input_names=["confounds"], output_names=["out"], function=motion), "motion")
dof_node = pe.Node(niu.Function(input_names=["dofs", "copes"], output_names=["out"], function=freedom), "dof")


def level_one():
    flow = pe.Workflow("one", base_dir=BASE)
    film = pe.Node(fsl.FILMGLS(), "film")
    flow.connect([(motion_node, film, [("out", "design_file")]), (film, dof_node, [("copes", "copes")])])
    return flow


if __name__ == "__main__":
    level_one().run()
