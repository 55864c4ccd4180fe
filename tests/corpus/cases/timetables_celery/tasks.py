import logging
import os

import structlog
from billiard.context import Process
from celery import shared_task
from scrapy.crawler import CrawlerProcess
from scrapy.utils.project import get_project_settings

from crawling.spiders import TimetableSpider

logger = logging.getLogger(__name__)


def set_up(service):
    structlog.configure(processors=[structlog.processors.JSONRenderer()])
    structlog.get_logger(service).info("set up")


class Runner:
    def __init__(self, spider, **given):
        self.spider = spider
        self.given = given

    def _crawl(self):
        os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "crawling.settings")
        set_up("scrapy")
        process = CrawlerProcess(settings=get_project_settings(), install_root_handler=False)
        process.crawl(self.spider, **self.given)
        process.start()

    def run(self):
        process = Process(target=self._crawl)
        process.start()
        process.join()


@shared_task(bind=True, max_retries=3, queue="timetables")
def crawl(self, scope: str | None = None):
    try:
        Runner(TimetableSpider, scope=scope).run()
    except Exception as error:
        logger.error(f"the spider: {error}")
        raise self.retry(exc=error)
