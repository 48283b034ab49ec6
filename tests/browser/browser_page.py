"""A report opened in a real browser, watched: requests, console, violations of its policy."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page

WATCH_POLICY = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.violations.push(event.violatedDirective + ' ' + event.blockedURI);
});
"""
# What software drawing says about itself; nothing a report does.
HARMLESS = (
    "GPU stall due to ReadPixels",
    "willReadFrequently",
    "GroupMarkerNotSet",
    "Automatic fallback to software WebGL",
)


class OpenReport:
    """One page with one report. Under its policy Playwright cannot wait for a function, so this polls."""

    def __init__(self, browser: Browser, file: Path, fragment: str, context: Mapping[str, Any]) -> None:
        self.context = browser.new_context(**context)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.console: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.console.append(f"error: {error}"))
        self.page.add_init_script(WATCH_POLICY)
        self.page.goto(file.as_uri() + (f"#{fragment}" if fragment else ""))

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(words in text for words in HARMLESS):
            self.console.append(f"{kind}: {text}")

    def evaluate(self, expression: str, argument: Any = None) -> Any:
        return self.page.evaluate(expression, argument)

    def until(self, expression: str, seconds: float = 30) -> Any:
        """The first true value of an expression."""
        return self.until_true(lambda: self.page.evaluate(expression), expression, seconds)

    def until_true(self, ask: Callable[[], Any], what: str, seconds: float = 30) -> Any:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = ask()
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"Not true within {seconds:g} seconds: {what}. The console said: {self.console}")

    def ready(self) -> OpenReport:
        self.until("performance.getEntriesByName('embreport:drawn').length > 0")
        self.evaluate("embreport.ready.then(() => true)")
        return self

    def set_state(self, **patch: Any) -> None:
        self.evaluate("(patch) => embreport.setState(patch)", patch)

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.evaluate("embreport.state")
        return state

    def screen(self, row: int) -> dict[str, float]:
        place: dict[str, float] = self.evaluate("(row) => embreport.screen(row)", row)
        return place

    def at_rest(self) -> None:
        """Waits until no point moves on the screen any more."""
        places = "JSON.stringify([0, 1, 2].map((row) => embreport.screen(row)))"
        before = None
        for _ in range(100):
            now = self.evaluate(places)
            if now == before:
                return
            before = now
            time.sleep(0.15)
        raise AssertionError("The picture does not come to rest.")

    def click_row(self, row: int) -> None:
        self.at_rest()
        place = self.screen(row)
        self.page.mouse.click(place["x"], place["y"])

    def pixels(self, selector: str = ".embedding.current .picture") -> np.ndarray:
        """What is on the screen there: uint8 (height, width, 3)."""
        shot = self.page.locator(selector).screenshot()
        return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))

    def close(self) -> None:
        self.context.close()


def colored(pixels: np.ndarray) -> int:
    """How many pixels are of a hue, not of paper or ink."""
    spread = pixels.max(axis=2).astype(int) - pixels.min(axis=2).astype(int)
    return int((spread > 40).sum())
