"""What is written is read back the same; the file is a plain tar with one form for one content."""

from __future__ import annotations

import hashlib
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from ops0.core.pipeline import CallId
from ops0_builder.bundle.errors import BundleDamaged, NoBundle
from ops0_builder.bundle.reading import opened
from ops0_builder.bundle.values import FORMAT

from .conftest import Made, a_step, make


def test_it_is_read_back_as_it_was_written(made: Made) -> None:
    with opened(made.path) as bundle:
        assert bundle.bundle == made.bundle
        assert bundle.images == made.images
        assert bundle.size == made.path.stat().st_size


def test_a_bundle_of_another_format_is_not_told_to_be_copied_again(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops0_builder.bundle.document.FORMAT", FORMAT + 1)
    fact = f"it is of format {FORMAT}, this ops0 reads {FORMAT + 1}"
    with pytest.raises(BundleDamaged, match=fact) as caught, opened(made.path):
        pass
    assert caught.value.hint is not None
    assert "use the one that wrote it" in caught.value.hint


def test_the_same_content_gives_the_same_bytes(made: Made, tmp_path: Path) -> None:
    again = tmp_path / "again.ops0"
    assert made.again(again, made.bundle) == made.digest
    assert again.read_bytes() == made.path.read_bytes()
    assert hashlib.sha256(again.read_bytes()).hexdigest() == made.digest
    assert list(tmp_path.iterdir()) == [again]


def test_tar_and_sha256sum_understand_it(made: Made) -> None:
    with tarfile.open(made.path) as archive:
        names = archive.getnames()
        sums = archive.extractfile("ops0/SHA256SUMS")
        assert sums is not None
        for line in sums.read().decode().splitlines():
            digest, name = line.split("  ")
            data = archive.extractfile(name)
            assert data is not None
            assert hashlib.sha256(data.read()).hexdigest() == digest
        assert all(member.isreg() and member.mtime == 0 for member in archive)
    blobs = [name for name in names if name.startswith("blobs/")]
    assert len(blobs) == len(set(blobs)) == 7
    assert len(names) == len(blobs) + 7


def test_the_engine_gets_a_tar_without_what_is_ops0s_own(made: Made, tmp_path: Path) -> None:
    with opened(made.path) as bundle:
        (tmp_path / "a.tar").write_bytes(b"".join(bundle.image_archive()))
    with tarfile.open(tmp_path / "a.tar") as archive:
        names = archive.getnames()
    assert names[:3] == ["oci-layout", "index.json", "manifest.json"]
    assert len(names) == 10


def test_a_file_that_changes_after_the_check_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path, tmp_path, base=b"base" * 10**5).path  # more than any Python reads ahead
    whole = path.read_bytes()
    with opened(path) as bundle:
        path.write_bytes(whole[:3000])
        with pytest.raises(BundleDamaged, match="breaks off"):
            b"".join(bundle.image_archive())


def test_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NoBundle, match="no such file"), opened(tmp_path / "none.ops0"):
        pass
    with pytest.raises(NoBundle, match="directory"), opened(tmp_path):
        pass


def _changed(made: Made, case: str) -> object:
    bundle = made.bundle
    whole = bundle.pipeline
    first, second = whole.calls
    pipelines = {
        "call id that is a path": replace(
            whole, calls=(replace(first, id=CallId("../../x")), second), results=(second.id,)
        ),
        "cycle": replace(whole, calls=(second, first)),
        "call twice": replace(whole, calls=(first, first, second)),
        "call of no step": replace(whole, calls=(first, replace(second, step="three"))),
        "step name that is an option": replace(
            whole, steps=(a_step("--privileged"), whole.steps[1])
        ),
        "step twice": replace(whole, steps=(*whole.steps, whole.steps[0])),
        "no results": replace(whole, results=()),
        "result of no call": replace(whole, results=(CallId("three"),)),
        "text for a number": replace(whole, steps=(a_step("one", memory="all"), whole.steps[1])),
        "number for a truth": replace(whole, steps=(a_step("one", network=1), whole.steps[1])),
        "list for a tuple": replace(whole, results=["two"]),
        "another class": replace(whole, steps=(whole.calls[0], whole.steps[1])),
    }
    if case in pipelines:
        return replace(bundle, pipeline=pipelines[case])
    images = {
        "no image of a step": bundle.images[:1],
        "tag that is a registry's": (
            replace(bundle.images[0], tag="registry.invalid/a:1"),
            bundle.images[1],
        ),
        "another digest": (
            replace(bundle.images[0], digest="sha256:" + "0" * 64),
            bundle.images[1],
        ),
        "digests exchanged": (
            replace(bundle.images[0], digest=bundle.images[1].digest),
            replace(bundle.images[1], digest=bundle.images[0].digest),
        ),
    }
    return whole if case == "no bundle" else replace(bundle, images=images[case])


@pytest.mark.parametrize(
    "case",
    [
        "call id that is a path",
        "cycle",
        "call twice",
        "call of no step",
        "step name that is an option",
        "step twice",
        "no results",
        "result of no call",
        "text for a number",
        "number for a truth",
        "list for a tuple",
        "another class",
        "no image of a step",
        "tag that is a registry's",
        "another digest",
        "digests exchanged",
        "no bundle",
    ],
)
def test_a_forged_document_is_refused(made: Made, tmp_path: Path, case: str) -> None:
    """Its checksums are right, for whoever forges it writes them too."""
    path = tmp_path / "forged.ops0"
    made.again(path, _changed(made, case))  # type: ignore[arg-type]
    with pytest.raises(BundleDamaged), opened(path):
        pass
