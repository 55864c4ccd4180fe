"""Merges the tiles of two sources, on Argo."""

from hera.workflows import DAG, Parameter

from argo.defaults import template, worker


@worker()
def merge(one: str, other: str, into: str, named: str) -> None:
    import re
    import subprocess
    from concurrent.futures import ThreadPoolExecutor, as_completed
    from functools import partial
    from pathlib import Path

    from buildings.stores import AnyFiles, Entry
    from buildings.pressing import zipped

    pattern = re.compile(r"^.*_(?P<x>\d*)_(?P<y>\d*)\.city\.json$")

    class Tile:
        def __init__(self, x: int, y: int, uri: str):
            self.x = x
            self.y = y
            self.uri = uri

        def _key(self) -> tuple[int, int]:
            return (self.x, self.y)

        def __hash__(self) -> int:
            return hash(self._key())

        def __eq__(self, other) -> bool:
            return isinstance(other, Tile) and self._key() == other._key()

    def tile_of(entry: Entry):
        match = pattern.match(entry.name)
        return Tile(int(match.group("x")), int(match.group("y")), entry.uri) if match else None

    files = AnyFiles(Path("/workflow"))
    ones = {tile for found in files.entries(one, r"^.*\.city\.json$") if found.is_file and (tile := tile_of(found)) is not None}
    others = {tile for found in files.entries(other, r"^.*\.city\.json$") if found.is_file and (tile := tile_of(found)) is not None}

    def copied(tile: Tile, files: AnyFiles, into: str, named: str) -> None:
        name = named.format(x=tile.x, y=tile.y)
        path = files.download(tile.uri)
        zipped(path, Path(name + ".zip"), name + ".city.json")
        files.upload(Path(name + ".zip"), into)

    with ThreadPoolExecutor() as pool:
        list(pool.map(partial(copied, files=files, into=into, named=named), ones ^ others))

    def merged(tile: Tile, number: int, known: dict) -> None:
        folder = Path(f"/workflow/{number}")
        folder.mkdir(parents=True, exist_ok=True)
        files = AnyFiles(folder)
        path = files.download(known[tile].uri)
        subprocess.run(f"cat {path} | cjseq cat > {folder}/a.jsonl", shell=True, check=True)
        subprocess.run(f"cat {folder}/a.jsonl | cjseq collect > {folder}/b.city.json", shell=True, check=True)
        files.upload(folder / "b.city.json", into)

    known = {tile: tile for tile in ones}
    with ThreadPoolExecutor() as pool:
        waiting = {pool.submit(merged, tile, number, known) for number, tile in enumerate(ones & others)}
        for one_of in as_completed(waiting):
            one_of.result()


def generate() -> None:
    with template(
        __name__.split(".")[-1], entrypoint="dag", arguments=[Parameter(name="one", default="azure://x"), Parameter(name="into")]
    ) as made:
        with DAG(name="dag", inputs=[Parameter(name="one"), Parameter(name="into")]):
            merge(arguments={"one": "{{inputs.parameters.one}}", "into": "{{inputs.parameters.into}}"})
        with open(f"generated/{made.name}.yaml", "w") as file:
            made.to_yaml(file)


if __name__ == "__main__":
    generate()
