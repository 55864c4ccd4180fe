"""SBOM and provenance: valid, the same bytes for the same contents, and silent about what is secret."""

from __future__ import annotations

import json
import random
import warnings
from dataclasses import replace

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from ops0.core.locked import LockedSource
from ops0.core.project_files import MemorySource
from ops0_builder.about.contents import (
    Contents,
    DebianPackage,
    Distribution,
    Unreadable,
    read_contents,
    with_wheels,
)
from ops0_builder.about.provenance import provenance_of
from ops0_builder.about.revision import Revision, public_source
from ops0_builder.about.sbom import debian_purl, sbom_of
from ops0_builder.planning.bake import labels
from ops0_builder.planning.plan import make_plan
from ops0_builder.planning.runner_files import RunnerFiles

DIGEST = "sha256:" + "d" * 64
CONTENTS = Contents(
    python="3.11.2",
    release=("debian", "bookworm"),
    own=(Distribution(name="cloudpickle", version="3.1.0"),),
    distributions=(
        Distribution(name="numpy", version="1.26.4", license="BSD-3-Clause"),
        Distribution(name="pandas", version="2.2.3+local.1", license="BSD-3-Clause AND MIT"),
    ),
    packages=(
        DebianPackage(
            name="libstdc++6", version="12.2.0-14+deb12u1", architecture="amd64", source="gcc-12"
        ),
        DebianPackage(
            name="tzdata", version="2:2024a-0~deb12u1", architecture="all", source="tzdata"
        ),
    ),
)


def validate(document: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the schema library's own
        fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(document.decode())
    assert fault is None, fault


def planned(make, step: str = "train"):
    members = (make.distribution("numpy", "1.26.4"), make.distribution("pandas", "2.2.3+local.1"))
    pipeline = make.pipeline(make.step(step))
    return make_plan(
        pipeline,
        make.lock(**{step: members}),
        {step: make.base()},
        source=MemorySource({}),
        runner=RunnerFiles({}),
    ).images[0]


def test_the_bill_of_materials_is_valid_and_read_by_the_library() -> None:
    document = sbom_of(CONTENTS, image="ops0/flow/train:0123456789abcdef", digest=DIGEST)
    validate(document)
    bom = Bom.from_json(json.loads(document))
    found = {one.name: one for one in bom.components}
    assert set(found) == {
        "cloudpickle", "debian", "libstdc++6", "numpy", "pandas", "python", "tzdata",
    }  # fmt: skip
    assert found["numpy"].purl == PackageURL("pypi", None, "numpy", "1.26.4")
    assert bom.metadata.component.version == "0123456789abcdef"


def test_a_document_that_is_wrong_is_not_valid() -> None:
    """The control: the validator sees what it should."""
    document = json.loads(sbom_of(CONTENTS, image="a/b:c", digest=DIGEST))
    document["components"][0]["type"] = "thing"
    with pytest.raises(AssertionError):
        validate(json.dumps(document).encode())


def test_same_contents_same_bytes_in_any_order() -> None:
    mixed = replace(
        CONTENTS,
        distributions=tuple(random.Random(1).sample(CONTENTS.distributions, 2)),
        packages=CONTENTS.packages[::-1],
    )
    one, other = (sbom_of(each, image="a/b:c", digest=DIGEST) for each in (CONTENTS, mixed))
    assert one == other
    assert b"timestamp" not in one
    changed = replace(CONTENTS, python="3.11.3")
    assert sbom_of(changed, image="a/b:c", digest=DIGEST) != one


def test_the_lock_gives_the_wheels_and_the_image_the_licences(make) -> None:
    image = planned(make)
    found = with_wheels(CONTENTS, image).distributions
    assert [one.name for one in found] == ["numpy", "pandas"]
    assert [one.license for one in found] == ["BSD-3-Clause", "BSD-3-Clause AND MIT"]
    wheels = {one.name: one.wheel for layer in image.layers for one in layer.distributions}
    assert [one.sha256 for one in found] == [wheels[one.name].sha256 for one in found]
    document = sbom_of(with_wheels(CONTENTS, image), image=image.tag, digest=DIGEST)
    validate(document)
    assert wheels["pandas"].sha256.encode() in document


@pytest.mark.parametrize("package", CONTENTS.packages, ids=lambda one: one.name)
def test_a_debian_purl_reads_back(package: DebianPackage) -> None:
    read = PackageURL.from_string(debian_purl(package, ("debian", "bookworm")))
    assert (read.type, read.namespace, read.name) == ("deb", "debian", package.name)
    assert read.version == package.version
    assert read.qualifiers == {"arch": package.architecture, "distro": "bookworm"}


@given(name=st.text(max_size=20), version=st.text(max_size=20), license_=st.text(max_size=20))
def test_whatever_an_image_says_gives_a_valid_document(name, version, license_) -> None:
    """An image may hold metadata that nobody checked."""
    row = [[name, version, license_]]
    packages = [[name, version, "amd64", name]]
    told = {
        "v": 2, "python": version, "release": [name, version],
        "own": row, "distributions": row, "packages": packages,
    }  # fmt: skip
    validate(sbom_of(read_contents(json.dumps(told)), image="a/b:c", digest=DIGEST))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"v": 1}', '{"v": 2, "release": 3}'])
def test_an_answer_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_contents(text)


def test_provenance_names_every_input_by_digest(make) -> None:
    image = planned(make)
    revision = Revision(commit="a" * 40, changed=False, source="https://git.example/team/flow")
    document = provenance_of(
        image,
        pipeline="flow",
        entry="pipeline.py",
        digest=DIGEST,
        program="0.1.0",
        revision=revision,
    )
    told = json.loads(document)
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["subject"] == [{"name": image.tag, "digest": {"sha256": "d" * 64}}]
    assert told["predicateType"] == "https://slsa.dev/provenance/v1"
    build = told["predicate"]["buildDefinition"]
    assert set(build) == {
        "buildType", "externalParameters", "internalParameters", "resolvedDependencies",
    }  # fmt: skip
    assert told["predicate"]["runDetails"]["builder"]["id"].startswith("urn:")
    materials = {one["name"]: one["digest"] for one in build["resolvedDependencies"]}
    assert materials["base"] == {"sha256": "b" * 64}
    assert materials["project"] == {"gitCommit": "a" * 40}
    wheels = [one.wheel for layer in image.layers for one in layer.distributions]
    assert {one.filename: {"sha256": one.sha256} for one in wheels}.items() <= materials.items()
    again = provenance_of(
        image,
        pipeline="flow",
        entry="pipeline.py",
        digest=DIGEST,
        program="0.1.0",
        revision=revision,
    )
    assert again == document


@pytest.mark.parametrize(
    ("remote", "public"),
    [
        ("https://user:canary@git.example:8443/a/b.git", "https://git.example:8443/a/b.git"),
        ("https://canary@git.example/a/b?token=canary#canary", "https://git.example/a/b"),
        ("https://u:can@ary@git.example/a", "https://git.example/a"),
        ("canary@git.example:team/flow.git", "ssh://git.example/team/flow.git"),
        ("ssh://canary@git.example/team/flow.git", "ssh://git.example/team/flow.git"),
        ("/home/canary/flow", ""),
        ("../canary", ""),
        ("file:///home/canary", ""),
        ("", ""),
    ],
)
def test_a_remote_is_named_without_what_is_secret(remote: str, public: str) -> None:
    assert public_source(remote) == public
    assert "canary" not in public_source(remote)


def test_an_image_says_only_what_its_key_covers(make) -> None:
    """Two checkouts of one content key are one digest: no source, no revision, no time."""
    image = planned(make)
    said = labels("flow", image)
    assert said["org.opencontainers.image.title"] == "flow/train"
    assert said["org.opencontainers.image.version"] == image.key[:16]
    assert said["org.opencontainers.image.base.digest"] == image.base.digest
    renamed = replace(image, base=replace(image.base, reference="another:tag"))
    assert labels("flow", renamed) == said
    assert not {"created", "revision", "source"} & {name.rpartition(".")[2] for name in said}


SOURCES = [
    (
        LockedSource(kind="folder", place="../libs/numpy", digest="e" * 64),
        f"folder ../libs/numpy sha256:{'e' * 64}",
        {"kind": "folder", "place": "../libs/numpy", "digest": "e" * 64},
    ),
    (
        LockedSource(kind="git", place="https://x/n.git", digest="e" * 40, inside="n", ref="main"),
        f"git https://x/n.git {'e' * 40} n",
        {"kind": "git", "place": "https://x/n.git", "digest": "e" * 40, "inside": "n"},
    ),
    (
        LockedSource(kind="url", place="https://x/n-1.zip", digest="e" * 64),
        f"url https://x/n-1.zip sha256:{'e' * 64}",
        {"kind": "url", "place": "https://x/n-1.zip", "digest": "e" * 64},
    ),
]


@pytest.mark.parametrize(("source", "line", "made_of"), SOURCES)
def test_what_no_index_has_is_named_by_its_content_and_what_it_was_made_of(
    make, source: LockedSource, line: str, made_of: dict[str, str]
) -> None:
    """Its name and version alone would be those of a stranger's distribution on an index."""
    image = planned(make)
    mine = replace(image.distributions[0], source=source, build=("hatchling==1.0",))
    layers = tuple(
        replace(
            layer,
            distributions=tuple(
                mine if one.name == "numpy" else one for one in layer.distributions
            ),
        )
        for layer in image.layers
    )
    image = replace(image, layers=layers)
    document = sbom_of(with_wheels(CONTENTS, image), image="ops0/flow/train:01", digest=DIGEST)
    validate(document)
    told = {one["name"]: one for one in json.loads(document)["components"]}
    purl = PackageURL.from_string(told["numpy"]["purl"])
    assert purl.qualifiers == {"checksum": f"sha256:{mine.wheel.sha256}"}
    assert {"name": "ops0:source", "value": line} in told["numpy"]["properties"]
    assert PackageURL.from_string(told["pandas"]["purl"]).qualifiers == {}
    statement = provenance_of(image, pipeline="flow", entry="flow.py", digest=DIGEST, program="1.0")
    materials = json.loads(statement)["predicate"]["buildDefinition"]["resolvedDependencies"]
    (found,) = (one for one in materials if one["name"] == mine.wheel.filename)
    assert found["uri"] == told["numpy"]["purl"]
    assert found["annotations"] == {"source": made_of, "builtWith": ["hatchling==1.0"]}
