"""What host and runner say to each other. Runs on Python 3.8 to 3.14, standard library only.

A step's container (or process) executes ``python -m ops0_runner STEP.json``::

    host                                  runner
     |  start                               reads STEP.json, imports the step's module
     |  <------- {"event": "ready", …}      fd 1, one JSON object a line
     |  go line on stdin  --------------->  loads inputs, checks them, calls the function, stores the result
     |  <------- {"event": "done", …} or {"event": "failed", …}, then exits

fd 1 belongs to the protocol. What the user's code prints, on stdout or stderr, arrives on fd 2, in order.
So a container can be started long before its inputs exist. Success is exit code 0 *and* a manifest.

STEP.json   ``{"v": 1, "step": "clean", "module": "pipeline", "function": "clean", "roots": ["/ops0/code"]}``
            roots are import roots; an optional "project" is the folder that file names in tracebacks are relative to;
            an optional "model": {"path": "/ops0/model", "nonce": "hex", "manifest": "sha256"} is in the image, and
            fills the argument of that name unless the go line does; an optional "needs": {"pandas>=2": ["pandas"]} is
            what a Python of the user's should have, by requirements and their imports, an optional "others" likewise
            for the pipeline's other steps; an optional "lifeline": 5 is a descriptor of a pipe whose other end only the
            host has: see lifeline.py
go line     ``{"v": 1, "run": "…", "call": "clean", "attempt": 1, "nonce": "hex", "output": "/ops0/out/1",
            "inputs": {"rows": {"from": "value", "path": "/ops0/in/load/1", "nonce": "hex", "item": null,
            "manifest": "sha256"}, "k": {"from": "json", "value": 3}}}``; manifest is optional: of its bytes.
            A list of what other calls gave is {"from": "values", "of": [{"path": …, "nonce": …, "manifest": …}, …]}.
            One put together in the pipeline is {"from": "parts", "of": [INPUT, …], "shape": SHAPE}: a number is the
            part of that number, ["list", SHAPE, …] and ["tuple", SHAPE, …] hold shapes, ["dict", [key, …], SHAPE, …]
            has one for each key
            With "apart": true beside "output" the items of the result are stored one by one
            A text with ``"as": "path"`` beside it reaches the function as a pathlib.Path: JSON has no paths
            With "tell": true the host wants the result itself: where it is small, ``done`` brings it
            Where the step has secrets also "secrets": {"DB_PASSWORD": "…"}: set in the environment before the
            function is called
ready       ``{"v": 1, "event": "ready", "seconds": 0.41}``: what the imports took
done        ``{"v": 1, "event": "done", "seconds": 1.2, "manifest": MANIFEST, "digest": "sha256", "usage": USAGE}``;
            digest is that of the manifest's bytes, which are MANIFEST without white space. "files": {NAME: base64} are
            those of a VALUE of up to MOST_TOLD bytes without folders, where the go line says "tell". "last": true where
            nothing of the step can run any more: exit hooks have run, no thread and no other process is left, the
            kernel killed none for want of memory; what follows is the end of the process with code 0, which nobody
            need wait for
failed      ``{"v": 1, "event": "failed", "failure": FAILURE, "usage": USAGE}``
metric      ``{"v": 1, "event": "metric", "name": "loss", "value": 0.31, "step": 4}``: ops0.log_metric was called;
            value may be "nan", "inf" or "-inf"
artifact    ``{"v": 1, "event": "artifact", "name": "roc.png", "size": 512, "sha256": "…"}``: a file of it is whole
USAGE       ``{"cpu": 1.25, "peak": 104857600}``: see usage.py
FAILURE     ``{"kind": "step" | "import" | "value" | "input" | "job", "type": "ValueError", "message": "…",
            "traceback": "…", "where": "pipeline.py:12" | null, "hint": "…" | null}``; the traceback starts at
            the user's code. "final": true where ``@ops0.retry(on=…)`` says that another attempt is not worth it
MANIFEST    ``{"v": 1, "run": …, "call": …, "attempt": …, "nonce": …, "value": VALUE, "python": "3.11.2"}``; written as
            ``manifest.json`` in the output folder: aside, then renamed; last of all files
VALUE       ``{"format": "json", "type": "builtins.dict", "size": 12, "files": [{"name": "value.json", "size": 12,
            "sha256": "…"}], "preview": "{…}", "items": null | [VALUE, …]}``; names are relative to the output folder.
            sha256 is that of the file, and by parts where it has more than 16 MiB: ops0/core/values/digest.py. It has
            a "stamp" then, "1234-1767348245000000000", which tells if it was written to: ops0/core/values/later.py.
            "items" are the parts of what is stored part by part; of a pickle or a stream the paths in it, each a file
            or a folder. Formats: ops0/core/values/__init__.py. A folder has "folders", a custom value its "serializer".
            "show", where it can be shown, is a SHOW: ops0/core/values/showing.py; "about", of a library's value, is
            what ops0/core/values/about.py tells

A MANIFEST has "models" where ops0.model.save was called: [{"name": …, "alias": … | null, "value": VALUE}, …]. Beside
the output folder is one of its name with ``.models`` behind it; in it the files of number n are in the folder n.
A MANIFEST has "artifacts" too where ops0.log_artifact was called: [{"name": …, "size": …, "sha256": …}, …]. Their files
are beside the output folder, in the one of its name with ``.artifacts`` behind it.
"""

from __future__ import annotations

from ops0.core.values import bounds

VERSION = 1

EXIT_DONE = 0
EXIT_STEP = 10  # the user's function raised
EXIT_IMPORT = 11  # the step's module could not be imported
EXIT_VALUE = 12  # the result could not be stored
EXIT_INPUT = 13  # an input is missing, torn or not what its producer wrote
EXIT_JOB = 14  # the go line or STEP.json makes no sense

MANIFEST_NAME = bounds.MANIFEST_NAME
IMPORT_TOLD = 50.0
"""Seconds that an import may take before the runner prints where it is."""

MOST_TOLD = 8192
"""Bytes of a result, all its files together, that ``done`` may bring."""

ARTIFACTS = ".artifacts"
"""Behind an output folder's name: the folder of the attempt's artifacts."""
MODELS = ".models"
"""Behind an output folder's name: the folder of the models that the attempt saved."""

CODE_DIR = "/ops0/code"
STEP_FILE = "/ops0/step.json"
OUT_DIR = "/ops0/out"
IN_DIR = "/ops0/in"
MODEL_DIR = "/ops0/model"
"""Where an image holds a model's files."""
USER_ID = 65532
