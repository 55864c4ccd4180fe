#!/usr/bin/env python3
"""Fibres of a brain, by tissue maps, and which regions they join."""

import argparse
import sys

import dipy.reconst.dti as dti
import nibabel as nib
import numpy as np
from dipy.core.gradients import gradient_table
from dipy.data import default_sphere
from dipy.direction import peaks_from_model
from dipy.io.gradients import read_bvals_bvecs
from dipy.io.image import load_nifti, load_nifti_data
from dipy.io.stateful_tractogram import Space, StatefulTractogram
from dipy.io.streamline import save_trk
from dipy.tracking import utils
from dipy.tracking.local_tracking import LocalTracking
from dipy.tracking.stopping_criterion import ActStoppingCriterion
from dipy.tracking.streamline import Streamlines


def tissues(grey_path, white_path, fluid_path):
    grey, white, fluid = (load_nifti_data(path) for path in (grey_path, white_path, fluid_path))
    outside = np.ones(grey.shape)
    outside[(grey + white + fluid) > 0] = 0
    return grey, white, fluid, outside


def fibres(data, affine, table, grey, white, fluid, outside, density):
    model = dti.TensorModel(table)
    peaks = peaks_from_model(
        model, data, default_sphere, relative_peak_threshold=0.8, min_separation_angle=45, mask=grey + white + fluid
    )
    seeds = utils.seeds_from_mask(white >= 0.5, affine, density=density)
    stop = ActStoppingCriterion(grey + outside, fluid)
    found = Streamlines(LocalTracking(peaks, stop, seeds, affine=affine, step_size=0.5))
    return [one for one in found if len(one) > 1]


def joined(found, affine, regions_path, out):
    regions = load_nifti_data(regions_path).astype(int)
    matrix = utils.connectivity_matrix(found, affine, regions, symmetric=True)
    np.savetxt(out, matrix[1:, 1:])


def sizes(path):
    return nib.load(path).header.get_zooms()


def main(scan, bvals, bvecs, out, regions, matrix, grey, white, fluid, density):
    data, affine, image = load_nifti(scan, return_img=True)
    table = gradient_table(*read_bvals_bvecs(bvals, bvecs))
    print(sizes(scan))
    found = fibres(data, affine, table, *tissues(grey, white, fluid), density)
    save_trk(StatefulTractogram(found, image, Space.RASMM), out, found)
    if regions is not None:
        joined(found, affine, regions, matrix)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("scan", "bvals", "bvecs", "out", "regions", "matrix", "grey", "white", "fluid"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--density", type=int, default=1)
    if len(sys.argv) == 1:
        parser.print_help()
        sys.exit()
    main(**vars(parser.parse_args()))
