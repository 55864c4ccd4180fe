from asyncio import current_task
from contextlib import asynccontextmanager
from typing import AsyncGenerator

from confluent_kafka import DeserializingConsumer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from loguru import logger
from sqlalchemy.ext.asyncio import AsyncSession, async_scoped_session, create_async_engine
from sqlalchemy.orm import sessionmaker

from quotes.mapping import as_quote, committed
from quotes.settings import settings


@asynccontextmanager
async def consumer() -> AsyncGenerator[DeserializingConsumer, None]:
    registry = SchemaRegistryClient({"url": settings.registry})
    reader = AvroDeserializer(registry, from_dict=as_quote)
    one = DeserializingConsumer({
        "bootstrap.servers": ",".join(settings.brokers),
        "group.id": settings.group,
        "on_commit": committed,
        "value.deserializer": reader,
    })
    try:
        yield one
    except Exception as error:
        logger.error("consumer: {}", error)
        raise
    finally:
        one.close()


@asynccontextmanager
async def session() -> AsyncGenerator[AsyncSession, None]:
    engine = create_async_engine(str(settings.db_url))
    make = async_scoped_session(sessionmaker(engine, expire_on_commit=False, class_=AsyncSession), scopefunc=current_task)
    one: AsyncSession = make()
    try:
        yield one
    except Exception as error:
        await one.rollback()
        logger.error("session {}: {}", one, error)
        raise
    finally:
        await one.close()
