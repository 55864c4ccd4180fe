"""Sources in pictures."""

import warnings
from dataclasses import dataclass

import numpy as np
from astropy.io import fits
from astropy.modeling.fitting import LevMarLSQFitter
from astropy.nddata import NDData
from astropy.stats import mad_std, sigma_clipped_stats
from astropy.table import Table, vstack
from photutils.aperture import CircularAperture, aperture_photometry
from photutils.detection import DAOStarFinder
from photutils.psf import IntegratedGaussianPRF, PSFPhotometry


@dataclass
class Band:
    name: str
    fwhm: float
    zero: float = 25.0

    def magnitude(self, flux):
        return self.zero - 2.5 * np.log10(flux)


BANDS = {one.name: one for one in (Band("f200w", 2.1), Band("f444w", 2.3, 24.5))}


def image_of(path):
    with fits.open(path) as units:
        return np.nan_to_num(units["SCI"].data), dict(units[0].header)


def found(image, band):
    mean, median, std = sigma_clipped_stats(image, sigma=3.0)
    finder = DAOStarFinder(fwhm=band.fwhm, threshold=5 * std)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return finder(image - median)


def fluxes(image, rows, radius=3.0):
    where = np.transpose((rows["xcentroid"], rows["ycentroid"]))
    return aperture_photometry(image, CircularAperture(where, r=radius))


def fitted(image, rows, band):
    model = IntegratedGaussianPRF(sigma=band.fwhm / 2.35)
    photometry = PSFPhotometry(model, (5, 5), fitter=LevMarLSQFitter(), aperture_radius=4)
    start = Table({"x": rows["xcentroid"], "y": rows["ycentroid"]})
    return photometry(NDData(image), error=mad_std(image) * np.ones_like(image), init_params=start)


def catalogue(paths, band_name):
    band = BANDS[band_name]
    parts = []
    for path in paths:
        image, header = image_of(path)
        rows = found(image, band)
        if rows is None:
            continue
        told = fitted(image, rows, band)
        told["mag"] = band.magnitude(told["flux_fit"])
        told.meta["object"] = header.get("OBJECT")
        parts.append(told)
    return vstack(parts)


def brightest(table, n=10):
    table.sort("mag")
    return [float(one) for one in table["mag"][:n]]


def written(paths, band_name, out):
    table = catalogue(paths, band_name)
    table.write(out, format="fits", overwrite=True)
    return brightest(table)
