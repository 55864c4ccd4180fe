"""The software bill of materials of an image: CycloneDX 1.6, as JSON. Pure: same contents, same bytes.

It holds neither a time nor a random number, which the format allows: so it is a blob that is stored once.
source: https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from ops0.core.digest import digest_of
from ops0_builder.about.contents import Contents, DebianPackage, Distribution

MEDIA_TYPE = "application/vnd.cyclonedx+json"


def sbom_of(contents: Contents, *, image: str, digest: str) -> bytes:
    """The document.

    image:  its name, ``ops0/flow/train:1a2b…``;  digest: ``sha256:…`` of what is described
    """
    components = [
        _python(contents.python),
        *_components(contents.own),
        *_components(contents.distributions),
        *_system(contents),
    ]
    name, _, version = image.rpartition(":")
    subject = {
        "type": "container",
        "bom-ref": f"image@{digest}",
        "name": name or image,
        "version": version if name else digest,
        "properties": [{"name": "ops0:digest", "value": digest}],
    }
    unique = {str(one["bom-ref"]): one for one in components}
    body = {
        "metadata": {"component": subject},
        "components": [unique[ref] for ref in sorted(unique)],
        "dependencies": [{"ref": subject["bom-ref"], "dependsOn": sorted(unique)}],
    }
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, digest_of(body))}",
        "version": 1,
        **body,
    }
    return (json.dumps(document, indent=2) + "\n").encode()


def pypi_purl(name: str, version: str, checksum: str) -> str:
    """``pkg:pypi/pandas@2.2.3``; of what no index has ``pkg:pypi/acme@1.0?checksum=sha256:…``.

    checksum: the wheel's sha256: a name and version that no index gave say nothing by themselves
    source: https://github.com/package-url/purl-spec
    """
    ends = f"?checksum=sha256:{checksum}" if checksum else ""
    return f"pkg:pypi/{quote(name, safe='.-_')}@{quote(version, safe='.-_')}{ends}"


def debian_purl(package: DebianPackage, release: tuple[str, str]) -> str:
    """``pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=bookworm``."""
    system, suite = release
    told = {"arch": package.architecture, "distro": suite}
    ends = "&".join(f"{key}={quote(value, safe='.-_')}" for key, value in told.items() if value)
    start = f"pkg:deb/{quote(system or 'debian', safe='.-_')}/{quote(package.name, safe='.-_')}"
    return f"{start}@{quote(package.version, safe='.-_')}" + (f"?{ends}" if ends else "")


def _components(distributions: Iterable[Distribution]) -> list[dict[str, Any]]:
    return [_distribution(one) for one in distributions]


def _distribution(one: Distribution) -> dict[str, Any]:
    purl = pypi_purl(one.name, one.version, one.sha256 if one.source else "")
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": one.name,
        "version": one.version,
        "purl": purl,
    }
    if one.license:
        component["licenses"] = [{"expression": one.license}]
    if one.sha256:
        component["hashes"] = [{"alg": "SHA-256", "content": one.sha256}]
        component["properties"] = [{"name": "ops0:wheel", "value": one.wheel}]
    if one.source:
        component["properties"].append({"name": "ops0:source", "value": one.source})
    return component


def _python(version: str) -> dict[str, Any]:
    purl = f"pkg:generic/python@{quote(version, safe='.-_')}"
    return {
        "type": "application",
        "bom-ref": purl,
        "name": "python",
        "version": version,
        "purl": purl,
    }


def _system(contents: Contents) -> list[dict[str, Any]]:
    system, suite = contents.release
    found: list[dict[str, Any]] = []
    if system:
        own = {"type": "operating-system", "bom-ref": f"os:{system}", "name": system}
        found.append({**own, "version": suite} if suite else own)
    for one in contents.packages:
        purl = debian_purl(one, contents.release)
        found.append(
            {
                "type": "library",
                "bom-ref": purl,
                "name": one.name,
                "version": one.version,
                "purl": purl,
                "properties": [{"name": "ops0:source-package", "value": one.source}],
            }
        )
    return found
