from extract import fetch, newest
from helpers import get_client, get_engine
from load import load_table, settle


def main():
    client, engine = get_client(), get_engine()
    fetch(client, f"select * from trips where day > '{newest(client)}'")
    load_table("trips.csv", "trips", engine, "stage")
    settle(engine, "merge_trips")


if __name__ == "__main__":
    main()
