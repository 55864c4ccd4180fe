from postgres import Postgres
from runner import Runner
from shop import Shop


def main():
    runner = Runner(Shop, Postgres)
    print(runner.newest("orders", "ordered_at"))
    print(runner.refill("Orders", "orders"))


if __name__ == "__main__":
    main()
