from prefect import flow

from tasks import bills_of, board, people, put


@flow(name="boards")
def boards(kind: str = "week"):
    bills, start = bills_of(kind)
    table, numbers = board(kind, start)
    put(table, "boards")
    put(people(bills, numbers), "places")


if __name__ == "__main__":
    boards.serve(name="boards", cron="0 2 * * 1")
