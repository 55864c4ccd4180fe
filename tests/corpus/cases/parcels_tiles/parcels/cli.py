"""The commands: scenes, run, cut."""
import click

HELP = "identifier of a scene for window {x}"


@click.group()
def parcels():
    """Fields of the world."""


@parcels.command(name="scenes", help="two scenes in one file")
@click.option("--first", type=str, required=True, help=HELP.format(x="A"))
@click.option("--second", type=str, required=True, help=HELP.format(x="B"))
@click.option("--out", "-o", type=str, required=True)
@click.option("--bounds", type=str, default=None)
@click.option("--overwrite", "-f", is_flag=True)
def scenes(first, second, out, bounds, overwrite):
    from parcels.scenes import stacked

    stacked(first, second, out, bounds, overwrite)


@parcels.command(name="run")
@click.argument("source", type=click.Path(exists=True))
@click.option("--weights", "-m", type=click.Path(exists=True), required=True)
@click.option("--out", "-o", type=str, required=True)
@click.option("--gpu", type=int)
@click.option("--apple", is_flag=True)
def run(source, weights, out, gpu, apple):
    from parcels.inference import infer

    infer(source, weights, out, gpu=gpu, apple=apple)


@parcels.command(name="cut")
@click.argument("source", type=click.Path(exists=True))
@click.option("--out", "-o", type=str, required=True)
@click.option("--simplify", type=float, default=None)
@click.option("--smallest", type=float, default=500, show_default=True)
def cut(source, out, simplify, smallest):
    from parcels.cutting import cut as cut_file

    cut_file(source, out, simplify, smallest)


if __name__ == "__main__":
    parcels()
