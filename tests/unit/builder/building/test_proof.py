from __future__ import annotations

import dataclasses
import json
import struct
from typing import Any

from ops0.core.pipeline import CallId
from ops0.host.owner import Owner
from ops0.runtime.engine import Job
from ops0.runtime.engines.profile import Share, container_config
from ops0.runtime.runs import RunId
from ops0_builder.building.proof import judge
from ops0_builder.engine.once import TMP_BYTES, Once, once_body, split_streams


def said(*events: tuple[str, str, str | None], missing: str | None = None) -> str:
    return "".join(
        json.dumps({"import": name, "state": state, "error": error, "missing": missing}) + "\n"
        for name, state, error in events
    )


def test_all_done_is_a_proof(make: Any) -> None:
    step = make.step("load", imports=("numpy", "pandas"))
    out = said(("numpy", "done", None), ("pandas", "done", None))
    assert judge(step, ("numpy", "pandas"), Once(code=0, out=out, err="")) is None


def test_silence_is_no_proof(make: Any) -> None:
    step = make.step("load", imports=("numpy",))
    fault = judge(step, ("numpy",), Once(code=0, out="", err=""))
    assert fault is not None
    assert fault.error == "the interpreter ended with exit code 0"


def test_a_missing_library_names_the_file_and_the_fix(make: Any) -> None:
    step = make.step("load", imports=("cv2",))
    error = "ImportError: libGL.so.1: cannot open shared object file: No such file or directory"
    fault = judge(step, ("cv2",), Once(code=1, out=said(("cv2", "failed", error)), err=""))
    assert fault is not None
    assert fault.reason == "pipeline.py:3"
    assert "libGL.so.1" in str(fault.hint)
    assert "apt=" in str(fault.hint)


def test_an_undeclared_dependency_is_named(make: Any) -> None:
    step = make.step("load", imports=("seaborn",))
    out = said(
        ("seaborn", "failed", "ModuleNotFoundError: No module named 'matplotlib'"),
        missing="matplotlib",
    )
    fault = judge(step, ("seaborn",), Once(code=1, out=out, err="traceback"))
    assert fault is not None
    assert "`matplotlib`" in str(fault.hint)
    assert str(fault).endswith("traceback")


def test_a_crash_is_the_import_that_had_begun(make: Any) -> None:
    step = make.step("load", imports=("bad", "good"))
    out = said(("bad", "begun", None)) + "not json\n"
    fault = judge(step, ("bad", "good"), Once(code=139, out=out, err=""))
    assert fault is not None
    assert (fault.module, fault.error) == ("bad", "the interpreter ended with exit code 139")


def test_the_container_of_a_proof_has_the_walls_of_a_run(make: Any) -> None:
    """What is proved must hold in a run: the same body but for its command, its volume and the host's share."""
    job = Job(
        run=RunId("r"),
        call=CallId("load"),
        attempt=1,
        nonce="n",
        step=make.step("load"),
        producers=(),
    )
    owner = Owner(machine="m", boot="b", space="s", pid=7, started=99)
    share = Share(memory=2 * TMP_BYTES, cpu=1.0)
    step = container_config(job, "sha256:1", owner, share)
    proof = once_body("sha256:1", ("python",), {"a": "b"})
    assert {key: proof[key] for key in ("User", "Env", "Hostname")} == {
        key: step[key] for key in ("User", "Env", "Hostname")
    }
    of_a_step_alone = {"Mounts", "Memory", "MemorySwap", "NanoCpus"}
    assert proof["HostConfig"] == {
        key: value for key, value in step["HostConfig"].items() if key not in of_a_step_alone
    }
    assert (proof["Entrypoint"], proof["Cmd"], proof["Labels"]) == (["python"], [], {"a": "b"})


def test_log_frames_are_put_apart() -> None:
    def frame(kind: int, data: bytes) -> bytes:
        return struct.pack(">BxxxI", kind, len(data)) + data

    both = frame(1, b"out1 ") + frame(2, b"err") + frame(1, b"out2")
    assert split_streams(both) == ("out1 out2", "err")
    assert split_streams(both[:-2]) == ("out1 ou", "err")
    assert split_streams(b"\x01") == ("", "")


def test_code_alone_needs_no_new_proof(make: Any) -> None:
    from ops0.core.plan import ImagePlan, Layer
    from ops0_builder.building.proof import proof_key

    image = ImagePlan(
        step="a",
        base=make.base(),
        layers=(Layer(kind="package", key="1", title="x"), Layer(kind="code", key="2", title="c")),
        imports=("x",),
        module="m",
        function="f",
        options=make.step("a").options,
        key="k",
        tag="t",
    )
    code = dataclasses.replace(
        image, layers=(image.layers[0], Layer(kind="code", key="3", title="c"))
    )
    package = dataclasses.replace(
        image, layers=(Layer(kind="package", key="9", title="x"), image.layers[1])
    )
    assert proof_key(code) == proof_key(image)
    assert proof_key(package) != proof_key(image)
    assert proof_key(dataclasses.replace(image, imports=("x", "y"))) != proof_key(image)
    assert proof_key(dataclasses.replace(image, native_code=True)) != proof_key(image)
