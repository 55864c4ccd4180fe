"""The proofs of a build: begun as soon as one image of its kind is there, while the others are still being built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from ops0.core.errors import Ops0Error
from ops0.core.pipeline import StepName
from ops0.core.plan import ImagePlan, Plan
from ops0.host.engine_socket import EngineSocket
from ops0_builder.build_errors import ProofFailed
from ops0_builder.building.proof import alike, note, prove_alone, prove_together, proved
from ops0_builder.engine.once import Together
from ops0_builder.notes import write_note

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

THREADS = 4

Group = tuple[ImagePlan, ...]


class Proofs:
    """Proves images, those that are alike in one container; what was proved is noted in ``folder`` and not run again.

    place:    the id of the engine, which its notes tell: what is proved there is unpacked there, too
    on_proof: called as an image's proof begins (True) and ends (False), from several threads
    """

    def __init__(
        self,
        plan: Plan,
        images: Iterable[ImagePlan],
        *,
        engine: EngineSocket,
        folder: Path,
        place: str = "",
        on_proof: Callable[[StepName, bool], None] = lambda _step, _begun: None,
    ) -> None:
        self._plan, self._engine, self._folder = plan, engine, folder
        self._place, self._on_proof = place, on_proof
        todo = [image for image in images if image.imports]
        done = proved(todo, folder)
        self._groups = alike(image for image in todo if image not in done)
        self._begun: dict[Group, Future[ProofFailed | None]] = {}
        self._pool = ThreadPoolExecutor(max_workers=THREADS)
        self._running = Together(engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:  # an import may take minutes: Ctrl-C does not wait for it
            self._running.end()
        self._pool.shutdown(cancel_futures=True)

    def begin(self, digests: Mapping[StepName, str]) -> None:
        """Start on what can be proved by the images that there are, and return at once."""
        for group in self._groups:
            built = [image for image in group if image.step in digests]
            if built and group not in self._begun:
                work = self._pool.submit(self._together, group, built, digests[built[0].step])
                self._begun[group] = work

    def faults(self, digests: Mapping[StepName, str]) -> Mapping[StepName, Ops0Error]:
        """The faults, now that all images are there; nothing for all is well. Raises EngineError."""
        self.begin(digests)
        apart: list[ImagePlan] = []
        faults: dict[StepName, Ops0Error] = {}
        for group in self._groups:
            fault = self._begun[group].result()
            if fault is not None and len(group) == 1:
                faults[group[0].step] = fault
            elif fault is not None:
                apart += group
        alone = self._pool.map(lambda image: self._alone(image, digests[image.step]), apart)
        faults |= {
            image.step: fault
            for image, fault in zip(apart, alone, strict=True)
            if fault is not None
        }
        return faults

    def _together(
        self, group: Group, built: Sequence[ImagePlan], digest: str
    ) -> ProofFailed | None:
        """Prove a group by one image of it. Two steps' imports may not go together, though each step's do."""
        for image in built:
            self._on_proof(image.step, True)
        fault = prove_together(
            self._plan, group, built[0].step, digest, self._engine, self._running
        )
        if fault is None:
            self._note(group)
        for image in built:
            self._on_proof(image.step, False)
        return fault

    def _alone(self, image: ImagePlan, digest: str) -> ProofFailed | None:
        self._on_proof(image.step, True)
        fault = prove_alone(self._plan, image, digest, self._engine, self._running)
        if fault is None:
            self._note((image,))
        self._on_proof(image.step, False)
        return fault

    def _note(self, group: Group) -> None:
        for image in group:
            write_note(note(self._folder, image), self._place.encode())
