from datetime import date, timedelta

from prefect import flow, get_run_logger, task
from prefect.blocks.system import Secret

from common.retries import ASK
from common.store import missing_days, save_json
from meals.scraper import MealScraper


@task(**ASK)
def scrape(day: date) -> dict:
    scraper = MealScraper(Secret.load("mail").get(), Secret.load("password").get())
    return scraper.of_day(day)


def last_days(count: int) -> list:
    return [date.today() - timedelta(days=back) for back in range(1, count + 1)]


@flow(name="meals")
def meals_flow(count: int = 7):
    logger = get_run_logger()
    for day in missing_days("meals/raw", last_days(count)):
        save_json(scrape(day), "meals/raw", f"{day}.json")
        logger.info(day)
