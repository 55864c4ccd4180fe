"""Takes features out of a map."""

from lawns.osm.road import RoadHandler

handlers = {"road": RoadHandler}


def add_parser(subparser):
    parser = subparser.add_parser("extract", help="features of an extract")
    parser.add_argument("--kind", choices=handlers.keys(), required=True)
    parser.add_argument("map")
    parser.add_argument("out")
    parser.set_defaults(func=main)


def main(args):
    handler = handlers[args.kind]()
    handler.apply_file(args.map, locations=True)
    handler.save(args.out)
