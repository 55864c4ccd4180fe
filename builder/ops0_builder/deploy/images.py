"""A deployment's images on this machine's engine: found there, else pulled by digest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from ops0.core.errors import Ops0Error, raise_together
from ops0.core.pipeline import StepName
from ops0.host.engine_errors import EngineFull, EngineRefused, says_full
from ops0.host.engine_socket import EngineSocket
from ops0.host.engine_streams import upload
from ops0_builder.deploy.errors import DeployedImageGone
from ops0_builder.deploy.values import Deployed, DeployedImage
from ops0_builder.engine.engine_images import EngineImage, image_store, read_images
from ops0_builder.registry.credentials import read_credentials, registry_auth
from ops0_builder.registry.reference import Reference, is_loopback, parse_reference


def have_images(
    engine: EngineSocket, deployed: Deployed, say: Callable[[str], None]
) -> Mapping[StepName, str]:
    """See that the engine has every image. Gives the engine's id of each step's.

    raises: DeployedImageGone, of all that are; EngineError, CredentialsUnusable
    """
    found: dict[StepName, str] = {}
    faults: list[Ops0Error] = []
    for image in deployed.images:
        held = _held_image(engine, image)
        try:
            found[image.step] = _pulled(engine, image, say) if held is None else held.digest
        except DeployedImageGone as fault:
            faults.append(fault)
    raise_together(faults)
    return found


def _held_image(engine: EngineSocket, image: DeployedImage) -> EngineImage | None:
    """The image as the engine has it now, by digest and content key; None where it has not. Raises EngineError."""
    images = read_images(engine)
    names = [image.digest, image.reference] if "@" in image.reference else [image.digest]
    for name in names:
        held = images.get(name)
        if held is not None and held.labels.get("ops0.key") in image.keys:
            return held
    return None


def _pulled(engine: EngineSocket, image: DeployedImage, say: Callable[[str], None]) -> str:
    if "@" not in image.reference:
        hint = "deploy again, or give the environment a registry, which keeps images"
        raise DeployedImageGone(image.step, image.reference, "no longer on this engine", hint)
    reference = parse_reference(image.reference)
    say(f"pulling {image.reference}")
    _pull(engine, reference, image)
    held = _held_image(engine, image)
    if held is None:
        fact = "the engine pulled it and has another image"
        raise DeployedImageGone(image.step, image.reference, fact, "deploy again")
    return held.digest


def _pull(engine: EngineSocket, reference: Reference, image: DeployedImage) -> None:
    query = urlencode({"fromImage": reference.repository, "tag": reference.digest})
    headers = registry_auth(reference.host, read_credentials(reference.host))
    try:
        answers = upload(engine, f"/images/create?{query}", (), headers=headers)
    except EngineRefused as fault:
        hint = _pull_hint(engine, reference)
        raise DeployedImageGone(image.step, image.reference, str(fault), hint) from None
    for told in answers:
        if isinstance(told, dict) and told.get("error"):
            if says_full(str(told["error"])):
                raise EngineFull(f"pull of {image.reference}")
            fact, hint = str(told["error"]), _pull_hint(engine, reference)
            raise DeployedImageGone(image.step, image.reference, fact, hint)


def _pull_hint(engine: EngineSocket, reference: Reference) -> str:
    if is_loopback(reference.host) and image_store(engine).rootless:
        return (
            f"the engine is rootless and has a loopback of its own, where no {reference.host} is: "
            "deploy to the registry by another address of its machine"
        )
    return f"see what `docker pull {reference}` says"
