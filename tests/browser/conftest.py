"""Chromium in front of the real service, which runs in this process (`tests.service.serving`).

The system's Chromium is driven, nothing is fetched. Where there is none the tests are skipped and say so, unless
FLOODGATE_BROWSER is `required`. With FLOODGATE_SCREENSHOTS set, tests write the pictures of the documentation.
"""

import asyncio
import itertools
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Error, expect, sync_playwright

from app.local.postgres import FORGETFUL, Postgres, ensure_database
from app.migrations import migrate

# the real servers of tests/service
from tests.service.conftest import server_folder, valkey, valkey_url  # noqa: F401  fixtures are found by their names

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "images"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
# the people of the tests are in Korea, wherever the machine is
ZONE = "Asia/Seoul"
_numbers = itertools.count()
# pages back off when the origin is away, and the machine may be busy
PATIENCE_MS = 20_000
CLOSING_S = 30
expect.set_options(timeout=PATIENCE_MS)


def apart(do, *arguments):
    """Do it in a thread of its own: playwright keeps an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(do, *arguments).result()


@pytest.fixture(scope="session")
def postgres(server_folder):  # noqa: F811  it is the imported one that is asked for
    server = Postgres(server_folder / "postgres", settings=FORGETFUL)
    apart(server.start)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated(postgres):
    apart(asyncio.run, ensure_database(postgres.url_of("postgres"), "migrated"))
    apart(migrate, postgres.url_of("migrated"))
    return "migrated"


@pytest.fixture
def database(postgres, migrated):
    """The URL of a fresh, migrated database."""
    name = f"browser_{next(_numbers)}"
    apart(asyncio.run, ensure_database(postgres.url_of("postgres"), name, template=migrated))
    return postgres.url_of(name)


def find_chromium():
    """The system's Chromium; None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Chromium:
    """A browser that is started again where it had to be killed.

    Now and then Chromium never says that a context is closed, and playwright would wait for that without end.
    """

    def __init__(self, driver, program):
        self._driver, self._program, self._browser, self._mark = driver, program, None, ""
        self._killed = False

    def context(self, **options):
        """A context of its own, in the browser that runs now."""
        if self._browser is None or self._killed:
            self._killed = False
            # a switch that Chromium does not know, by which its process is found
            self._mark = f"--floodgate-tests={os.getpid()}-{next(_numbers)}"
            arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
            launch = self._driver.chromium.launch
            self._browser = launch(executable_path=self._program, args=[*arguments, self._mark])
        return self._browser.new_context(**options)

    def close(self, what=None):
        """Close a context, or the browser, which is killed if it does not answer in time."""
        closing = what or self._browser
        if closing is None:
            return
        guard = threading.Timer(CLOSING_S, self.kill)
        guard.start()
        try:
            closing.close()
        except Error:
            if not self._killed:
                raise
        finally:
            guard.cancel()
            guard.join()

    def kill(self):
        """End the browser's process."""
        self._killed = True
        for process in psutil.process_iter(["cmdline"]):
            if self._mark in (process.info["cmdline"] or ()):
                process.kill()


# no longer than a module, for no other test could run an event loop meanwhile
@pytest.fixture(scope="module")
def chromium():
    program = find_chromium()
    if program is None:
        why = "there is no chromium on PATH; install Debian's package chromium to try the pages"
        if os.environ.get("FLOODGATE_BROWSER") == "required":
            pytest.fail(f"FLOODGATE_BROWSER is required, but {why}")
        pytest.skip(why)
    with sync_playwright() as driver:
        browser = Chromium(driver, program)
        yield browser
        browser.close()


@pytest.fixture
def device(chromium):
    """Makes browsers of their own, which speak a language and remember things; errors of pages fail the test."""
    contexts, errors = [], []

    def make(locale="ko-KR", **options):
        context = chromium.context(locale=locale, timezone_id=ZONE, **{**PHONE, **options})
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", lambda said: errors.append(said.text) if is_fault(said) else None)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        chromium.close(context)
    assert errors == [], "pages fail nowhere, and no policy stops what they do"


def is_fault(said):
    """Whether a console message is about the page itself; a refusal or an absent server is told to the person."""
    return said.type == "error" and "Failed to load resource" not in said.text


@pytest.fixture
def picture():
    """Keeps what a page shows, for the documentation, where that is asked for."""

    def keep(page, name, *, whole=False):
        if os.environ.get("FLOODGATE_SCREENSHOTS"):
            page.screenshot(path=PICTURES / f"service-{name}.png", full_page=whole, animations="disabled")

    return keep
