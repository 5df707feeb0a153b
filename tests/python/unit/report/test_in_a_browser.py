"""The HTML report in a real browser: nothing is asked for, nothing goes wrong, and everybody can read it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from report_pages import PAGES


def found_browser() -> str | None:
    """Return a browser that starts. Ubuntu's package is a script that says that it is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return None


BROWSER = found_browser()
pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no browser: apt-get install chromium")

LIGHT = {"color_scheme": "light", "viewport": {"width": 1200, "height": 900}}
DARK = {**LIGHT, "color_scheme": "dark"}
PHONE = {"color_scheme": "light", "viewport": {"width": 390, "height": 844}}


@contextmanager
def opened(html: str, folder: Path, **context) -> Iterator[Page]:
    """Open a page from a file, and see that nothing was asked for and nothing went wrong until the end."""
    file = folder / "report.html"
    file.write_text(html, encoding="utf-8")
    seen: list[str] = []
    with sync_playwright() as playwright:
        # Chromium's own sandbox wants another user than root.
        options = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=BROWSER, args=options)
        page = browser.new_context(**context).new_page()
        page.on("request", lambda request: seen.append(request.url))
        page.on("console", lambda message: seen.append(message.text))
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on("dialog", lambda dialog: seen.append(dialog.message))
        page.goto(file.as_uri())
        yield page
        browser.close()
    assert seen == [file.as_uri()]


@pytest.mark.parametrize("name", ["of_400_days", "with_hostile_data", "of_an_empty_ledger"])
def test_page_asks_for_nothing_and_everybody_can_read_it(name, tmp_path):
    """Guards: the content security policy, the styles, the landmarks, the labels."""
    with opened(PAGES[name](), tmp_path, **LIGHT) as page:
        for scheme, options in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options=options)
            assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"


def test_dark_is_another_page_than_light(tmp_path):
    """Guard: prefers-color-scheme."""
    background = "getComputedStyle(document.body).backgroundColor"
    with opened(PAGES["with_differences"](), tmp_path, **DARK) as page:
        dark = page.evaluate(background)
        page.emulate_media(color_scheme="light")
        assert (dark, page.evaluate(background)) == ("rgb(13, 17, 23)", "rgb(255, 255, 255)")


@pytest.mark.parametrize("name", ["with_hostile_data", "with_long_data"])
def test_phone_scrolls_tables_and_not_the_page(name, tmp_path):
    """Guard: .scroll, overflow-wrap."""
    with opened(PAGES[name](), tmp_path, **PHONE) as page:
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_keyboard_reaches_the_marts_first_and_can_scroll_tables(tmp_path):
    """Guard: the skip link, tabindex."""
    focused = "[document.activeElement.className, document.activeElement.textContent.trim()]"
    with opened(PAGES["of_400_days"](), tmp_path, **PHONE) as page:
        page.keyboard.press("Tab")
        assert page.evaluate(focused) == ["skip", "Skip to the marts"]
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        # Playwright's own way to wait needs eval(), which the page does not allow.
        page.evaluate(
            """() => new Promise(done => {
                const look = () => document.activeElement.scrollLeft > 0 ? done() : requestAnimationFrame(look)
                look()
            })"""
        )
        assert page.evaluate("document.activeElement.className") == "scroll"


def test_paper_holds_the_pictures_in_full(tmp_path):
    """Guard: the styles for print."""
    with opened(PAGES["of_400_days"](), tmp_path, **LIGHT) as page:
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 500, "height": 1000})
        widths = page.evaluate("[...document.querySelectorAll('.chart')].map(each => each.scrollWidth)")
        assert len(widths) == 4
        assert max(widths) <= 500
        assert page.pdf().startswith(b"%PDF")
