"""Bookmarks that the Projector page of TensorBoard wrote: projector_bookmarks.

TensorBoard 2.21.0 (tensorflow-cpu 2.21.0 reads the checkpoint) shows a copy of tf2_words; playwright and Chromium 156
use its page, and what the page's “Save bookmarks” button downloads is the file, byte for byte:
`python make_projector_bookmarks.py TENSORBOARD [CHROMIUM]`, both paths of programs. t-SNE starts at random and stops
when the clock says, so another run gives other coordinates.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from expectation import HERE, write_expected
from make_bookmarks import with_bookmarks
from playwright.sync_api import Frame, Page, sync_playwright

PORT = 6999
ADDRESS = f"http://127.0.0.1:{PORT}"
CHROMIUM = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
TSNE_STEPS = 200
ISOLATED = [30, 8, 21, 3, 9]


def frame_of_projector(page: Page) -> Frame:
    for _ in range(120):
        for frame in page.frames:
            if frame.url.endswith("projector_binary.html") and frame.locator("vz-projector").count():
                return frame
        page.wait_for_timeout(250)
    raise SystemExit("The Projector does not come up.")


def bookmarked(page: Page) -> str:
    """Three states: PCA with one point selected, t-SNE with two, and PCA of five isolated points in an odd order."""
    page.goto(f"{ADDRESS}/#projector")
    frame = frame_of_projector(page)
    projector = frame.locator("vz-projector")
    frame.get_by_text("Total variance described").wait_for()
    page.wait_for_timeout(2000)
    panel = frame.locator("vz-projector-bookmark-panel")
    panel.locator("#expand-more").click()

    def add() -> None:
        page.wait_for_timeout(1000)
        panel.get_by_title("Add bookmark").click()

    projector.evaluate("each => each.notifySelectionChanged([4])")
    add()

    frame.locator(".ink-tab[data-tab='tsne']").click()
    for _ in range(400):
        if projector.evaluate("each => each.dataSet.tSNEIteration") >= TSNE_STEPS:
            break
        page.wait_for_timeout(50)
    frame.locator(".run-tsne").click()
    projector.evaluate("each => each.notifySelectionChanged([17, 4])")
    add()

    frame.locator(".ink-tab[data-tab='pca']").click()
    projector.evaluate("(each, rows) => each.notifySelectionChanged(rows)", ISOLATED)
    frame.locator("vz-projector-inspector-panel .set-filter").click()
    page.wait_for_timeout(500)
    projector.evaluate("each => each.notifySelectionChanged([1])")
    add()

    with page.expect_download() as download:
        panel.get_by_title("Save bookmarks").click()
    return download.value.path().read_bytes().decode()


def main(tensorboard: str, chromium: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(HERE / "tf2_words" / "logdir", Path(folder) / "logdir")
        server = subprocess.Popen(
            [tensorboard, "--logdir", str(Path(folder) / "logdir"), "--port", str(PORT), "--host", "127.0.0.1"]
        )
        try:
            for _ in range(60):
                time.sleep(1)
                try:
                    urllib.request.urlopen(f"{ADDRESS}/data/plugin/projector/runs").close()
                    break
                except OSError:
                    continue
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
                text = bookmarked(browser.new_page(viewport={"width": 1300, "height": 900}))
                browser.close()
        finally:
            server.terminate()
            server.wait()
    with_bookmarks("projector_bookmarks", {"state.txt": text}, "state.txt")
    [words] = json.loads((HERE / "tf2_words" / "expected.json").read_text())["embeddings"]
    labels = ["State 0", "State 1", "State 2"]
    about = (
        "Three views that TensorBoard's own page saved: PCA with a selected point, t-SNE with two, and PCA of five "
        "isolated points, not in the order of the rows."
    )
    found = words | {"bookmarks": len(labels), "bookmark_labels": labels}
    write_expected("projector_bookmarks", "tf2_words, bookmarks by the Projector of tensorboard 2.21.0", about, [found])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "/usr/bin/chromium")
