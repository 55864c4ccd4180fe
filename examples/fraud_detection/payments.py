"""Made-up payments, the same for the same seed. As a program: send some to Kafka.

    python payments.py 500

No bank gives its data away: these are simulated, and which ones are fraud is known, so that the detector can be judged.
"""

import json
import os
import random
import sys
from collections.abc import Iterator


def payments(count: int, seed: int, share_of_fraud: float = 0.01) -> Iterator[dict]:
    """Transactions; the id of a fraudulent one begins with ``f``, which no feature sees."""
    dice = random.Random(seed)  # noqa: S311 - a simulation
    for number in range(count):
        fraud = dice.random() < share_of_fraud
        hour = dice.choice([1, 2, 3, 4]) if fraud else min(23, max(6, round(dice.gauss(14, 3))))
        yield {
            "id": f"{'f' if fraud else 't'}{seed}-{number}",
            "time": f"2026-03-{1 + number % 28:02}T{hour:02}:{dice.randrange(60):02}:00",
            "amount": round(dice.lognormvariate(7.5 if fraud else 3.5, 0.6), 2),
            "km_from_home": round(dice.expovariate(1 / (4000 if fraud else 8)), 1),
        }


def send(count: int, seed: int) -> None:
    """Put payments into the topic."""
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"]})
    for one in payments(count, seed):
        producer.produce("transactions", key=one["id"], value=json.dumps(one))
    left = producer.flush(30)
    if left:
        sys.exit(f"{left} payments did not arrive: does a broker run there?")


if __name__ == "__main__":
    send(int(sys.argv[1]), seed=int(sys.argv[2]) if len(sys.argv) > 2 else 2)
