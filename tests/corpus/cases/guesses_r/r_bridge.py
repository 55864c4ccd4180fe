import logging
import os
import shutil

import numpy as np
import pandas as pd
from rpy2 import rinterface
from rpy2.robjects import FloatVector, StrVector, pandas2ri, r
from rpy2.robjects.packages import importr

guessing = importr("inferno")
devices = importr("grDevices")

log = logging.getLogger(__name__)


def described(csv_path, out_name, keep=None, leave=None):
    try:
        pandas2ri.activate()
        frame = pd.read_csv(csv_path)
        in_r = pandas2ri.py2rpy(frame)
        keep_r = StrVector(keep) if keep is not None else rinterface.NULL
        leave_r = StrVector(leave) if leave is not None else rinterface.NULL
        guessing.metadatatemplate(data=in_r, file=out_name, includevrt=keep_r, excludevrt=leave_r, verbose=False)
        return out_name
    except Exception as error:
        log.error("no description: %s", error)
        return None
    finally:
        pandas2ri.deactivate()


def learned(described_in, rows_in, out_dir, samples=3600, seed=None):
    try:
        arguments = {
            "data": StrVector([rows_in]),
            "metadata": StrVector([described_in]),
            "outputdir": out_dir,
            "nsamples": samples,
        }
        if seed is not None:
            arguments["seed"] = seed
        return guessing.learn(**arguments)
    except Exception as error:
        log.error("not learned: %s", error)
        if os.path.exists(out_dir):
            shutil.rmtree(out_dir)
        return None


def chances(wanted: pd.DataFrame, learned_in: str, given: pd.DataFrame = None, cuts=(0.05, 0.25, 0.75, 0.95)):
    pandas2ri.activate()
    try:
        wanted_r = pandas2ri.py2rpy(wanted)
        given_r = pandas2ri.py2rpy(given) if given is not None and not given.empty else rinterface.NULL
        found = guessing.Pr(Y=wanted_r, X=given_r, learnt=StrVector([learned_in]), quantiles=FloatVector(cuts))
        if not found:
            return None
        return found.rx2("values"), found.rx2("quantiles")
    finally:
        pandas2ri.deactivate()


def shared(names, learned_in, unit="Sh"):
    found = guessing.mutualinfo(Y1names=StrVector(names), learnt=StrVector([learned_in]), unit=unit, silent=True)
    return float(np.asarray(found.rx2("MI"))[0])


def drawn(learned_in, out_png):
    devices.png(file=out_png, width=900, height=600)
    r("plot")(guessing.Pr(learnt=StrVector([learned_in])))
    devices.dev_off()


def report(found):
    values, cuts = found
    table = pd.DataFrame(np.array(cuts).reshape(len(values), -1))
    table["value"] = list(values)
    return table


def main(csv_path, out_dir):
    description = described(csv_path, os.path.join(out_dir, "description"))
    result = learned(description, csv_path, out_dir)
    if result is None:
        raise SystemExit(1)
    frame = pd.read_csv(csv_path)
    report(chances(frame[["rain"]], out_dir)).to_csv(os.path.join(out_dir, "chances.csv"))
    drawn(out_dir, os.path.join(out_dir, "chances.png"))


if __name__ == "__main__":
    main("rain.csv", "out")
