import asyncio

from sqlalchemy import text

from quotes.wires import consumer, session

TOPIC = "quotes"


async def store(quote):
    async with session() as one:
        await one.execute(text("insert into quotes values (:symbol, :price)"), quote.model_dump())
        await one.commit()


async def read():
    async with consumer() as source:
        source.subscribe([TOPIC])
        while True:
            message = source.poll(1.0)
            if message is None:
                continue
            await store(message.value())


def main():
    asyncio.run(read())


if __name__ == "__main__":
    main()
