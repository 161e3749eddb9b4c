"""The main scenes as pictures: `python -m tests.playground.screenshots FOLDER`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bot.app.trial import Trial, open_trial
from tests.playground.test_page_in_browser import CHROMIUM
from tests.scenarios.conftest import serving
from tests.scenarios.packages import store_packages

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
HOMES = {
    "anna": "home.png",
    "tom": "home-distributor.png",
    "karl": "home-manufacturer.png",
    "mira": "home-unknown.png",
}
QUESTION = "our second pc cannot find the server"


async def take(folder: Path) -> None:
    """Play the scenes with the real bot in the trial's workspace, and save one PNG for each."""
    with tempfile.TemporaryDirectory() as data:
        async with open_trial(Path(data)) as trial, serving(trial), async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            wide = await (await browser.new_context(viewport=WIDE)).new_page()  # type: ignore[arg-type]
            phone = await (await browser.new_context(viewport=PHONE)).new_page()  # type: ignore[arg-type]
            await play(trial, wide, phone, folder)
            store_packages(trial)
            for handle, name in HOMES.items():
                await open_home(trial, wide, handle, folder / name)
            await browser.close()


async def play(trial: Trial, wide: Page, phone: Page, folder: Path) -> None:
    """A question, its answer in the thread, the same on a phone, and the whole scheme."""
    anna = trial.slack.person("anna")
    await wide.goto(trial.page_url)
    await wide.fill("#composer", QUESTION)
    await wide.keyboard.press("Enter")
    asked = await anna.sees(QUESTION, in_="#support")
    await anna.sees_answer(asked)
    await wide.click("a.replies")
    await saved(wide, folder / "answer.png")
    await phone.goto(wide.url)
    await saved(phone, folder / "phone.png")
    await wide.goto(wide.url.partition("?")[0])
    await wide.fill("#composer", "/support topics")
    await wide.keyboard.press("Enter")
    await wide.wait_for_selector(".message.ephemeral")
    await saved(wide, folder / "topics.png")
    await wide.click("#switch summary")
    await saved(wide, folder / "people.png")


async def open_home(trial: Trial, page: Page, handle: str, path: Path) -> None:
    """Show somebody's Home, to its full length."""
    person = trial.slack.person(handle)
    direct = trial.slack.direct_id(handle)
    await page.goto(f"{trial.page_url}as/{handle}/{direct}/home")
    await person.sees_home()
    await saved(page, path)


async def saved(page: Page, path: Path) -> None:
    """Save what the page shows once it has come to rest."""
    await page.wait_for_load_state("load")
    await page.wait_for_timeout(400)
    await page.screenshot(path=path)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))
