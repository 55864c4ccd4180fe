import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from app.activities import Activities
from app.flows import OrderFlow
from app.parsing import parser_of


async def connected():
    return await Client.connect(os.environ.get("TEMPORAL", "localhost:7233"), data_converter=pydantic_data_converter)


async def main():
    client = await connected()
    does = Activities(parser_of("docling"), Path("/data/parsed"))
    with ThreadPoolExecutor(8) as pool:
        worker = Worker(
            client,
            task_queue="orders",
            workflows=[OrderFlow],
            activities=[does.parse, does.extract, does.judge],
            activity_executor=pool,
        )
        await worker.run()


if __name__ == "__main__":
    asyncio.run(main())
