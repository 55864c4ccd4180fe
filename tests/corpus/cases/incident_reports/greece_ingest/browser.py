import base64
import time

from .pages import BASE, DELAY


class Browser:
    TIMEOUT = 25_000

    def __init__(self, headless=False, profile=None):
        self._headless = headless
        self._profile = profile
        self._playwright = None
        self._page = None

    def start(self):
        import tempfile

        try:
            from patchright.sync_api import sync_playwright
        except ImportError:
            from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().__enter__()
        self._profile = self._profile or tempfile.mkdtemp(prefix="profile_")
        context = self._playwright.chromium.launch_persistent_context(self._profile, headless=self._headless)
        self._page = context.pages[0] if context.pages else context.new_page()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self._playwright:
            self._playwright.__exit__(None, None, None)
            self._playwright = None

    def _wait(self, selector="article"):
        until = time.monotonic() + self.TIMEOUT / 1000
        while time.monotonic() < until:
            if "just a moment" not in self._page.title().lower():
                self._page.wait_for_selector(selector, timeout=3000)
                return
            time.sleep(1)

    def html(self, number=1):
        self._page.goto(f"{BASE}/page/{number}", wait_until="domcontentloaded")
        self._wait()
        time.sleep(DELAY)
        return self._page.content()

    def save(self, url, target):
        result = self._page.evaluate("async u => btoa(await (await fetch(u)).text())", url)
        with open(target, "wb") as file:
            file.write(base64.b64decode(result))
