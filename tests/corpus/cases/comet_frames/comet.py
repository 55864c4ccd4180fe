import argparse

import astropy.units as units
import numpy as np
from astropy.io import fits
from ccdproc import CCDData, combine, cosmicray_lacosmic, flat_correct, subtract_bias


def listed(path):
    with open(path) as file:
        return [line.strip() for line in file if line.strip()]


def read(path):
    return CCDData.read(path, unit=units.adu)


def master(paths):
    return combine([read(one) for one in paths], method="median")


def reduced(path, bias, flat):
    image = cosmicray_lacosmic(subtract_bias(read(path), bias), sigclip=5)
    return flat_correct(image, flat)


def brightest(image, size=300):
    part = np.asarray(image)[:size, :size]
    return np.unravel_index(part.argmax(), part.shape)


def taken(path):
    return fits.getheader(path)["DATE-OBS"]


def measured(image, spot):
    from photutils.aperture import CircularAperture, aperture_photometry

    return aperture_photometry(image.data, CircularAperture([spot], r=5)).to_pandas()


def main():
    parser = argparse.ArgumentParser()
    for name in ("bias", "flat", "lights"):
        parser.add_argument(f"--{name}", default=f"{name}.list")
    args = parser.parse_args()
    bias, flat = master(listed(args.bias)), master(listed(args.flat))
    for path in listed(args.lights):
        image = reduced(path, bias, flat)
        print(taken(path), measured(image, brightest(image)).to_csv(index=False))


if __name__ == "__main__":
    main()
