"""How stars move between epochs."""

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import Table
from astropy.time import Time

GROUND = 2014.0


def places(table, ra="RAJ2000", dec="DEJ2000"):
    return SkyCoord(np.asarray(table[ra], float) * u.deg, np.asarray(table[dec], float) * u.deg)


def tangent(coords, centre):
    right = (coords.ra - centre.ra).wrap_at(180 * u.deg).to(u.arcsec).value * np.cos(centre.dec.rad)
    return right, (coords.dec - centre.dec).to(u.arcsec).value


def steady(s, sigmas):
    middle = np.median(s)
    spread = np.median(np.abs(s - middle)) * 1.4826
    return s <= middle if spread == 0 else s < middle + sigmas * spread


def from_space(path, band="f200w"):
    table = Table.read(path)
    error = np.asarray(table[f"std_ra_{band}"], float)
    day = table.meta.get("MJD-AVG")
    epoch = Time(float(day), format="mjd").jyear if day else 2023.7
    return dict(coords=SkyCoord(table["skycoord"]), mag=np.asarray(table[f"mag_{band}"], float), error=error, epoch=epoch)


def from_ground(path):
    table = Table.read(path, format="ascii.ecsv")
    found = dict(coords=places(table), mag=np.asarray(table["Ksmag"], float), epoch=GROUND)
    found["pmra"], found["pmde"] = np.asarray(table["pmRA"], float), np.asarray(table["pmDE"], float)
    return found


def moved_to(ground, epoch):
    years = epoch - GROUND
    ra = ground["coords"].ra.deg + np.nan_to_num(ground["pmra"]) * years / 3.6e6
    dec = ground["coords"].dec.deg + np.nan_to_num(ground["pmde"]) * years / 3.6e6
    return SkyCoord(ra * u.deg, dec * u.deg)


def tied(space, ground, radius=0.2, rounds=3):
    centre = SkyCoord(np.median(space["coords"].ra), np.median(space["coords"].dec))
    there = moved_to(ground, space["epoch"])
    index, apart, _ = space["coords"].match_to_catalog_sky(there)
    near = apart < radius * u.arcsec
    x, y = tangent(space["coords"][near], centre)
    gx, gy = tangent(there[index[near]], centre)
    kept = np.ones(len(x), bool)
    for _ in range(rounds):
        m = np.column_stack([np.ones(kept.sum()), x[kept], y[kept]])
        a, *_ = np.linalg.lstsq(m, (gx - x)[kept], rcond=None)
        kept = steady(np.hypot(gx - x - a[0], gy - y), 3.0)
    return {"n": int(near.sum()), "kept": int(kept.sum()), "shift": float(a[0])}


def motions(space, ground):
    from flystar.startables import StarTable

    x, y = tangent(space["coords"], space["coords"][0])
    stars = StarTable(name=np.arange(len(x)).astype(str), x=x, y=y, m=space["mag"], ref_list=0)
    stars.fit_velocities(use_scipy=True)
    out = Table()
    out["pm_ra"] = stars["vx"] * 1e3
    out.meta["epochs"] = [GROUND, space["epoch"]]
    return out


def main(space_path, ground_path, out):
    space, ground = from_space(space_path), from_ground(ground_path)
    print(tied(space, ground))
    motions(space, ground).write(out, overwrite=True)
    motions(space, ground).to_pandas().to_parquet(out + ".parquet")
