"""The page in a real browser, for one person and for two side by side."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect
from slack_bolt.async_app import AsyncAck, AsyncSay

from bot.playground import LocalSlack
from tests.playground.small_app import (
    MANIFEST,
    SEED,
    AppUnderTest,
    actions,
    build,
    button,
    modal,
    running,
    section,
    text_input,
)

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
OWN = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
"""What `playwright install chromium` leaves behind."""
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), OWN[-1] if OWN else None)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium or Chrome on this machine"),
    # Playwright leaves its own pipes to the interpreter's end.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="module")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """One browser for all, with nothing of an earlier test in it: each page has a profile of its own."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(SEED, manifest=MANIFEST) as local:
        yield local


@pytest_asyncio.fixture(loop_scope="module")
async def app(slack: LocalSlack) -> AsyncIterator[AppUnderTest]:
    """An app that answers mentions with buttons, asks in a modal, and has a Home."""
    under_test = build(slack)
    under_test.bolt._async_listeners.clear()
    under_test.bolt.event("app_mention")(_answer)
    under_test.bolt.event("message")(_nothing)
    under_test.bolt.event("app_home_opened")(_publish)
    under_test.bolt.action("escalate")(_ask)
    under_test.bolt.action("topic")(_choose)
    under_test.bolt.view("escalate")(_take)
    under_test.bolt.command("/support")(_topics)
    async with running(slack, under_test):
        yield under_test


async def _nothing() -> None:
    return


def _options(*labels: str) -> list[dict[str, Any]]:
    return [{"text": {"type": "plain_text", "text": label}, "value": label} for label in labels]


async def _answer(event: dict[str, Any], say: AsyncSay) -> None:
    menu = {
        "type": "static_select",
        "action_id": "topic",
        "placeholder": {"type": "plain_text", "text": "Another topic"},
        "options": _options("Backup", "Patch"),
    }
    blocks = [section("*Database restore* is level 1"), actions(button("Escalate", "escalate"), menu)]
    await say(text="Database restore is level 1", blocks=blocks, thread_ts=event["ts"])


async def _publish(event: dict[str, Any], client: Any) -> None:
    if event["tab"] == "home":
        view = {
            "type": "home",
            "blocks": [section("*Your support*"), actions(button("Escalate", "escalate"))],
        }
        await client.views_publish(user_id=event["user"], view=view)


async def _ask(ack: AsyncAck, body: dict[str, Any], client: Any) -> None:
    await ack()
    urgency = {
        "type": "input",
        "block_id": "urgent",
        "label": {"type": "plain_text", "text": "How urgent"},
        "element": {"type": "radio_buttons", "action_id": "v", "options": _options("Now", "Later")},
    }
    view = modal("Escalate", text_input("What happened", "what"), urgency, callback_id="escalate")
    await client.views_open(trigger_id=body["trigger_id"], view=view)


async def _take(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], client: Any) -> None:
    values = view["state"]["values"]
    if len(values["what"]["value"]["value"]) < 5:
        await ack(response_action="errors", errors={"what": "A little more, please."})
        return
    await ack()
    urgency = values["urgent"]["v"]["selected_option"]["value"]
    await client.chat_postMessage(channel=body["user"]["id"], text=f"Escalated: {urgency}")


async def _choose(ack: AsyncAck, payload: dict[str, Any], respond: Any) -> None:
    await ack()
    await respond(f"You chose {payload['selected_option']['value']}", replace_original=False)


async def _topics(ack: AsyncAck) -> None:
    await ack("All *topics*")


async def opened(
    browser: Browser, slack: LocalSlack, handle: str, width: int = 1280, height: int = 800
) -> Page:
    """Somebody's page; whatever goes wrong in its scripts fails the test."""
    context = await browser.new_context(viewport={"width": width, "height": height})
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    channel = slack.channel_id("support")
    await page.goto(f"{slack.page_url}as/{handle}/{channel}")
    return page


async def ask(page: Page) -> None:
    """Ask the app in #support and open the thread with its answer."""
    await page.fill("#composer", "@Signpost how do I restore?")
    await page.keyboard.press("Enter")
    await page.click("a.replies")
    await expect(page.locator("#thread")).to_contain_text("Database restore is level 1")


async def test_a_question_is_answered_without_a_reload_and_another_person_sees_it(
    browser: Browser, slack: LocalSlack, app: AppUnderTest
) -> None:
    anna, bert = await opened(browser, slack, "anna"), await opened(browser, slack, "bert")
    await anna.fill("#composer", "@Signpost how do I restore?")
    await anna.keyboard.press("Enter")
    for page in (anna, bert):
        await expect(page.locator("#timeline .mention")).to_have_text("@Signpost")
        await expect(page.locator("a.replies")).to_contain_text("1 reply")
    await expect(anna.locator("#composer")).to_have_value("")
    await bert.click("a.replies")
    await expect(bert.locator("#thread strong")).to_have_text("Database restore")


async def test_a_modal_is_opened_corrected_and_submitted_by_keyboard(
    browser: Browser, slack: LocalSlack, app: AppUnderTest
) -> None:
    page = await opened(browser, slack, "anna")
    await ask(page)
    await page.focus("#thread button:has-text('Escalate')")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Escalate")).to_be_visible()
    await expect(page.get_by_label("What happened")).to_be_focused()
    await page.keyboard.type("x")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("A little more, please.")
    await expect(page.get_by_label("What happened")).to_be_focused()
    await page.keyboard.type(" and more")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".sidebar .badge")).to_have_text("1")
    await slack.person("anna").sees("Escalated: Now", in_="@Signpost")


async def test_escape_closes_a_modal_and_gives_the_focus_back(
    browser: Browser, slack: LocalSlack, app: AppUnderTest
) -> None:
    page = await opened(browser, slack, "anna")
    await ask(page)
    await page.click("#thread button:has-text('Escalate')")
    await expect(page.get_by_label("What happened")).to_be_focused()
    for _ in range(8):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.closest('.modal') !== null")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator("#thread button:has-text('Escalate')")).to_be_focused()


async def test_a_menu_in_a_message_answers_for_one_person(
    browser: Browser, slack: LocalSlack, app: AppUnderTest
) -> None:
    page = await opened(browser, slack, "anna")
    await ask(page)
    await page.select_option("#thread select", label="Patch")
    await expect(page.locator("#thread .ephemeral")).to_contain_text("You chose Patch")


async def test_a_command_is_completed_and_run(browser: Browser, slack: LocalSlack, app: AppUnderTest) -> None:
    page = await opened(browser, slack, "anna")
    await page.locator("#composer").press_sequentially("/su")
    await expect(page.get_by_role("option")).to_contain_text("/support")
    await page.keyboard.press("Tab")
    await expect(page.locator("#composer")).to_have_value("/support ")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.ephemeral")).to_contain_text("All topics")


async def test_home_is_opened_and_works(browser: Browser, slack: LocalSlack, app: AppUnderTest) -> None:
    page = await opened(browser, slack, "anna")
    await page.click(".places a:has-text('Signpost')")
    await page.click(".tabs a:has-text('Home')")
    await expect(page.locator("#home strong")).to_have_text("Your support")
    await page.click("#home button:has-text('Escalate')")
    await expect(page.get_by_role("dialog", name="Escalate")).to_be_visible()


async def test_a_file_is_sent_and_a_message_edited(
    browser: Browser, slack: LocalSlack, app: AppUnderTest, tmp_path: Path
) -> None:
    log = tmp_path / "server.log"
    log.write_text("it broke")
    page = await opened(browser, slack, "anna")
    await page.set_input_files("form.composer input[type=file]", log)
    await page.fill("#composer", "see here")
    await page.click("button.send")
    await expect(page.locator("#timeline .file")).to_contain_text("server.log")
    await page.hover("#timeline .message")
    await page.click("#timeline summary[aria-label='More actions']")
    await page.click("button:has-text('Edit message')")
    await expect(page.locator("#composer")).to_have_value("see here")
    await page.fill("#composer", "look here")
    await page.keyboard.press("Enter")
    await expect(page.locator("#timeline .words")).to_have_text("look here")
    await expect(page.locator("#timeline .edited")).to_be_visible()


async def test_unread_marks_appear_while_one_is_elsewhere(
    browser: Browser, slack: LocalSlack, app: AppUnderTest
) -> None:
    page = await opened(browser, slack, "anna")
    await page.click(".places a:has-text('quiet')")
    await slack.person("bert").says("are you there?", in_="#support")
    await expect(page.locator(".places a.unread")).to_contain_text("support")
    await page.click(".places a.unread")
    await expect(page.locator(".new")).to_have_text("New")
    await expect(page.locator(".places a.unread")).to_have_count(0)


async def test_time_can_be_moved(browser: Browser, slack: LocalSlack, app: AppUnderTest) -> None:
    page = await opened(browser, slack, "anna")
    await page.click(".clock button:has-text('+1 day')")
    await expect(page.locator(".clock small")).to_have_text("1 d ahead")
    assert slack.clock.ahead.days == 1


async def test_a_message_is_reached_and_answered_by_keyboard(
    browser: Browser, slack: LocalSlack, app: AppUnderTest
) -> None:
    for text in ("first", "second"):
        await slack.person("bert").says(text, in_="#support")
    page = await opened(browser, slack, "anna")
    await expect(page.locator("#composer")).to_be_focused()
    await page.focus("#timeline")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(".message").first).to_be_focused()
    for _ in range(4):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread")).to_contain_text("first")
    await expect(page.locator("#composer-thread")).to_be_focused()


async def test_a_menu_that_is_open_stays_open_when_something_is_said(
    browser: Browser, slack: LocalSlack, app: AppUnderTest
) -> None:
    page = await opened(browser, slack, "anna")
    await slack.person("anna").says("mine", in_="#support")
    await page.hover("#timeline .message")
    await page.click("#timeline summary[aria-label='More actions']")
    await slack.person("bert").says("another", in_="#support")
    await expect(page.locator("#timeline")).to_contain_text("another")
    await expect(page.locator("button:has-text('Delete message')")).to_be_visible()


async def test_the_page_fits_a_phone(browser: Browser, slack: LocalSlack, app: AppUnderTest) -> None:
    await app.client.chat_postMessage(
        channel=slack.channel_id("support"),
        text="x",
        blocks=[section("word " * 60), actions(*(button(f"Button {n}", f"b{n}") for n in range(6)))],
    )
    page = await opened(browser, slack, "anna", width=390, height=844)
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await expect(page.locator("#sidebar")).not_to_be_in_viewport()
    await page.click(".burger")
    await expect(page.locator("#sidebar")).to_be_in_viewport()
    await page.click(".places a:has-text('quiet')")
    await expect(page.locator("h1")).to_have_text("#quiet")


async def test_everything_one_can_press_has_a_name(
    browser: Browser, slack: LocalSlack, app: AppUnderTest
) -> None:
    page = await opened(browser, slack, "anna")
    await ask(page)
    kinds = "button, a[href], summary, select, textarea, input:not([type=hidden])"
    nameless = await page.evaluate(
        """(kinds) => [...document.querySelectorAll(kinds)]
        .filter((node) => !(node.getAttribute("aria-label") || node.textContent.trim() || node.title
            || (node.labels && node.labels.length) || node.placeholder))
        .map((node) => node.outerHTML)""",
        kinds,
    )
    assert nameless == []
