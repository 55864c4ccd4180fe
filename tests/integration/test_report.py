"""``ops0 report`` of real runs, opened and clicked through in Debian's Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from driver.command import OPS0

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

PIPELINE = """
import time
import ops0

EVIL = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"

@ops0.step
def load(rows: int = 30):
    print("reading", EVIL)
    return [{"id": n, "name": f"{EVIL} {n}"} for n in range(rows)]

@ops0.step
def busy(load):
    end = time.monotonic() + 1.2
    while time.monotonic() < end:
        pass
    return len(load)

@ops0.step
def plot(load):
    from matplotlib.figure import Figure
    figure = Figure()
    figure.subplots().plot([1, 3, 2])
    return figure

@ops0.retry(max_attempts=2, backoff="50ms")
@ops0.step
def train(busy):
    raise ValueError("no luck with " + EVIL)

@ops0.step
def finish(train, plot):
    return 1
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run that failed."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "flow.py").write_text(PIPELINE)
    environ = {**os.environ, "OPS0_STATE_DIR": str(folder / "state")}
    failed = subprocess.run([OPS0, "run", "flow.py"], cwd=folder, env=environ, check=False)
    assert failed.returncode == 50
    command = [OPS0, "report", "-o", "page.html"]
    made = subprocess.run(
        command, cwd=folder, env=environ, check=True, capture_output=True, text=True
    )
    assert made.stdout == "page.html\n"
    return folder / "page.html"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium: scripts/chromium.sh installs it")
        pytest.skip("no chromium")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    profile = tmp_path_factory.mktemp("profile")
    for word in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--window-size=1280,900", "--force-prefers-reduced-motion", f"--user-data-dir={profile}",
    ):  # fmt: skip
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    yield opened
    opened.quit()


def one(browser: Chrome, css: str) -> Any:
    return browser.find_element("css selector", css)


def by_name(browser: Chrome, name: str) -> Any:
    path = f"//details[@class='call'][summary/span[@class='name' and text()='{name}']]"
    return browser.find_element("xpath", path)


def shown(browser: Chrome, inside: Any, css: str) -> bool:
    """Whether it comes to be seen: what a click opens, a page opens when the browser tells it of the new address."""
    from selenium.webdriver.support.ui import WebDriverWait

    waiting = WebDriverWait(browser, 20)
    return bool(waiting.until(lambda _: inside.find_element("css selector", css).is_displayed()))


def test_a_click_in_the_graph_opens_the_call(page: Path, browser: Chrome) -> None:
    browser.get(page.as_uri())
    call = by_name(browser, "busy")
    assert call.get_attribute("open") is None
    one(browser, f".node[data-call='{call.get_attribute('id')}'] rect").click()
    assert shown(browser, call, ".charts .line")
    assert call.get_attribute("open") is not None
    source = call.find_element("css selector", ".inputs a")
    assert source.text == "load"
    source.click()
    load = by_name(browser, "load")
    assert shown(browser, load, "table.data")
    assert "10 of 30 rows" in load.text


def test_the_timeline_and_the_failure_lead_to_the_call(page: Path, browser: Chrome) -> None:
    browser.get(page.as_uri())
    train = by_name(browser, "train")
    for place in (f"a.row[data-call='{train.get_attribute('id')}']", "#failures h3 a"):
        browser.execute_script("arguments[0].open = false; location.hash = ''", train)
        one(browser, place).click()
        assert shown(browser, train, ".traceback")
    assert "flow.py:" in train.text
    assert "Attempt 2" in train.text
    assert by_name(browser, "finish").find_element("css selector", ".badge").text == "skipped"


def test_the_filter_and_the_theme(page: Path, browser: Chrome) -> None:
    browser.get(page.as_uri())
    shown = "return [...document.querySelectorAll('#calls > .call')].filter(c => !c.hidden).length"
    field = one(browser, "#filter")
    for words, count in (("", 5), ("failed", 1), ("done plot", 1), ("nothing", 0)):
        field.clear()
        field.send_keys(words)
        assert browser.execute_script(shown) == count
    assert one(browser, "#none").is_displayed()
    back = "return getComputedStyle(document.body).backgroundColor"
    before = browser.execute_script(back)
    one(browser, "#theme").click()
    assert browser.execute_script(back) != before


def test_pointing_at_a_curve_tells_its_sample(page: Path, browser: Chrome) -> None:
    from selenium.webdriver import ActionChains

    browser.get(page.as_uri())
    call = by_name(browser, "busy")
    call.find_element("css selector", "summary").click()
    plot = call.find_element("css selector", ".plot")
    said = call.find_element("css selector", "figcaption span")
    assert said.text.startswith("at most ")
    ActionChains(browser).move_to_element(plot).perform()
    assert " at " in said.text
    assert not said.text.startswith("at most")


def test_a_figure_is_seen_and_nothing_of_a_step_runs(page: Path, browser: Chrome) -> None:
    browser.get(page.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = browser.execute_script("return document.querySelector('img.picture').naturalWidth")
    assert wide > 300
    assert browser.execute_script("return window.hacked") is None
    loaded = "return performance.getEntriesByType('resource').filter(r => !r.name.startsWith('data:')).length"
    assert browser.execute_script(loaded) == 0
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]
    sideways = "return document.documentElement.scrollWidth - innerWidth"
    assert browser.execute_script(sideways) <= 0
    browser.save_screenshot(str(page.with_suffix(".png")))
    assert page.with_suffix(".png").stat().st_size > 20_000


def test_where_the_page_goes(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text("import ops0\n\n@ops0.step\ndef one():\n    return 1\n")

    def ops0(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [OPS0, *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    assert "start one: ops0 run" in ops0("report").stderr
    assert ops0("run", "flow.py").returncode == 0
    path = Path(ops0("report").stdout.strip())
    assert path.name == "report.html"
    assert ops0("report", "-o", "-").stdout == path.read_text()
    assert ops0("report", "-o", "new/folder/page.html").returncode == 0
    assert (tmp_path / "new/folder/page.html").read_text() == path.read_text()
    wrong = ops0("report", "-o", "flow.py/page.html")
    assert wrong.returncode == 2
    assert "flow.py is no folder" in wrong.stderr


@pytest.mark.docker
def test_images_and_their_layers(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text("import ops0\n\n@ops0.step\ndef one():\n    return 1\n")
    subprocess.run([OPS0, "run", "flow.py", "--containers"], cwd=tmp_path, check=True)
    command = [OPS0, "report", "-o", "-"]
    page = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    for title in ("the base", "runner", "code of one"):
        assert f"<code>{title}</code>" in page


@pytest.mark.parametrize(
    ("opener", "told"),
    [
        (None, "no browser was opened: this machine has no xdg-open"),
        ("echo 'xdg-open: no method available' >&2; exit 3", "opens it (exit code 3)"),
        ('echo "$1" > opened', ""),
        ("exec sleep 20", ""),
    ],
)
def test_a_page_that_no_browser_opens_is_told_with_its_place(
    opener: str | None, told: str, tmp_path: Path
) -> None:
    (tmp_path / "flow.py").write_text("import ops0\n@ops0.step\ndef one() -> int: return 1\n")
    programs = tmp_path / "bin"
    programs.mkdir()
    if opener is not None:
        script = opener.replace("opened", str(tmp_path / "opened"))
        (programs / "xdg-open").write_text(f"#!/bin/sh\n{script}\n")
        (programs / "xdg-open").chmod(0o755)
    (programs / "sleep").symlink_to("/bin/sleep")
    env = {**os.environ, "OPS0_STATE_DIR": str(tmp_path / "state"), "COLUMNS": "200"}
    subprocess.run([OPS0, "run", "flow.py"], cwd=tmp_path, env=env, check=True, capture_output=True)
    env["PATH"] = str(programs)
    argv = [OPS0, "report", "--open", "-o", "a b.html"]
    done = subprocess.run(
        argv, cwd=tmp_path, env=env, check=True, capture_output=True, text=True, timeout=15
    )
    assert done.stdout == "a b.html\n"
    assert told in done.stderr
    page = tmp_path / "a b.html"
    assert (f"hint: open {page.as_uri()} in one" in done.stderr) == bool(told)
    assert "no method available" not in done.stderr
    if "opened" in (opener or ""):
        assert (tmp_path / "opened").read_text() == f"{page}\n"
