from __future__ import annotations

import logging
import threading
import time

from celery import Celery
from celery.schedules import crontab
from sqlalchemy import text

from app.core.config import get_settings
from app.core.database import SessionLocal
from app.core.storage import download, upload
from app.models.task import Limit, Status, Task
from app.services.documents import Context, translate_file
from app.services.translators import get_translator

log = logging.getLogger(__name__)
_settings = get_settings()

celery_app = Celery("letters", broker=_settings.redis_url, backend=_settings.redis_url)
celery_app.conf.update(
    task_serializer="json",
    worker_prefetch_multiplier=1,
    beat_schedule={"sweep": {"task": "letters.sweep", "schedule": crontab(hour=3, minute=0)}},
)

_RUNNING = "letters:running"


@celery_app.task(name="letters.sweep")
def sweep() -> int:
    db = SessionLocal()
    try:
        return db.query(Task).filter(Task.status == Status.DELETED).delete()
    finally:
        db.close()


class Cancelled(Exception):
    pass


def _alive(task_id: str) -> None:
    s = SessionLocal()
    try:
        task = s.get(Task, task_id)
        if task is None or task.status == Status.DELETED:
            raise Cancelled(task_id)
    finally:
        s.close()


@celery_app.on_after_configure.connect
def _reset(sender, **kwargs):
    try:
        import redis as _redis

        _redis.from_url(_settings.redis_url, decode_responses=True).set(_RUNNING, 0)
    except Exception as error:
        log.warning("not reset: %s", error)


def _most() -> int:
    db = SessionLocal()
    try:
        limit = db.get(Limit, "most")
        if limit is not None:
            return max(1, int(limit.value))
    finally:
        db.close()
    return max(1, _settings.most_at_once)


def _take(task_id: str, pause: float = 2.0) -> None:
    import redis

    r = redis.from_url(_settings.redis_url, decode_responses=True)
    while True:
        _alive(task_id)
        if r.incr(_RUNNING) <= _most():
            return
        r.decr(_RUNNING)
        time.sleep(pause)


def _give() -> None:
    import redis

    r = redis.from_url(_settings.redis_url, decode_responses=True)
    if r.decr(_RUNNING) < 0:
        r.set(_RUNNING, 0)


def _said(error: Exception) -> str:
    low = str(error).lower()
    if "429" in low:
        return "busy"
    if "minio" in low or "s3" in low:
        return "storage"
    return f"failed: {error}"


@celery_app.task(name="letters.run", bind=True, max_retries=0)
def run(self, task_id: str) -> None:
    db = SessionLocal()
    taken = False
    try:
        task = db.get(Task, task_id)
        if task is None or task.status == Status.DELETED:
            return
        _take(task_id)
        taken = True
        task.status = Status.RUNNING
        db.commit()
        data = download(task.source)
        written = {"v": 10}
        lock = threading.Lock()

        def on_progress(done: int, total: int) -> None:
            _alive(task_id)
            share = max(10, min(90, 10 + int(done / max(total, 1) * 80)))
            with lock:
                if share - written["v"] < 1:
                    return
                written["v"] = share
                task.progress = share
            own = SessionLocal()
            try:
                own.execute(text("UPDATE tasks SET progress = :p WHERE id = :id"), {"p": share, "id": task_id})
                own.commit()
            finally:
                own.close()

        context = Context(language=task.language, on_progress=on_progress)
        result, suffix = translate_file(task.suffix, data, get_translator(), context)
        upload(f"results/{task.id}.{suffix}", result)
        task.status = Status.DONE
        db.commit()
    except Cancelled:
        db.rollback()
    except Exception as error:
        db.rollback()
        log.error(_said(error))
    finally:
        if taken:
            _give()
        db.close()
