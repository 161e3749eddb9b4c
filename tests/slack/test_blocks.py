"""Every message and the modal: within Slack's limits, safe, and whole in its words alone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from slack_sdk.models.blocks import Block

from bot.domain.manners import ChannelMode
from bot.domain.network import Asker, Charge, Company, Contact, SlackChannel, SlackUser
from bot.domain.opening import Availability
from bot.domain.saying import (
    Answer,
    Because,
    ChannelReport,
    Choice,
    Notice,
    Opening,
    Remark,
    Saying,
    Step,
)
from bot.domain.scheme import Language
from bot.playground.blocks import elements_in, message_faults, view_faults
from bot.services.bot import Message
from bot.slack.blocks import render
from bot.slack.blocks.parts import ACTION, section
from bot.slack.blocks.practice import MAX_VENDORS, PracticeForm, practice_view
from bot.slack.listeners.interactions import PRESSES
from tests.builders import (
    USER_SUPPORT,
    answer,
    choice,
    contact,
    distributor,
    manufacturer,
    overview,
    partner,
    practice,
    scheme,
    topic,
)

EN, DE = Language.EN, Language.DE
MODALS = {f"{ACTION}{Step.SAY_PRACTICE}", f"{ACTION}{Step.ESCALATE}"}
STEPS = (Step.SOLVED, Step.NOT_THIS, Step.SAY_PRACTICE)
REMARK_VALUES = {
    name: f"<{name} & co>"
    for name in ("command", "renewals", "escalate", "reference", "admins", "practice", "vendor", "company")
}
CLOSED = Availability(is_open=False, opens_at=datetime(2026, 11, 25, 7, 0, tzinfo=UTC))


def answers(language: Language) -> Iterator[Answer]:
    askers = [
        Asker(language),
        Asker(language, practice=practice()),
        Asker(language, practice=practice(vendor=manufacturer())),
        Asker(language, practice=practice(vendor=distributor(contacts=()))),
        Asker(language, company=distributor()),
        Asker(language, company=manufacturer(), practice=practice()),
    ]
    for one, asker in product(scheme().topics, askers):
        yield answer(one.id, asker, steps=STEPS, availability=CLOSED)
    yield answer(is_solved=True, steps=())
    yield answer(is_sample=True, because=None, availability=None, practice_name="")


def choices(language: Language) -> Iterator[Choice]:
    for opening, offered in product(Opening, (0, 2, 3)):
        topics = scheme().topics[:offered]
        yield choice(opening, language=language, topics=topics)
        yield choice(opening, language=language, topics=topics, vendor=None, contact=None, question_id=None)


def sayings(language: Language) -> Iterator[Saying]:
    yield from answers(language)
    yield from choices(language)
    for remark in Remark:
        yield Notice(language, remark, tuple(REMARK_VALUES.items()), STEPS)
    for mode, changed in product(ChannelMode, (True, False)):
        yield ChannelReport(language, mode, changed=changed, command="/support")
    yield overview(language=language)
    yield overview(language=language, vendor=None, manufacturer=None, support_partners=())


def elements(message: Message) -> list[dict[str, Any]]:
    return [dict(element) for block in message.blocks for element in elements_in(block)]


def texts(node: Any) -> Iterator[dict[str, Any]]:
    """Find every text object, however deep."""
    if isinstance(node, dict):
        if node.get("type") in ("mrkdwn", "plain_text"):
            yield node
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from texts(value)


# ---- limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", Language)
def test_everything_that_is_said_is_within_slack_s_limits(language: Language) -> None:
    for saying in sayings(language):
        message = render(saying)
        assert message.text
        assert len(message.text) < 40_000
        assert len(message.blocks) <= 50
        assert message_faults(list(message.blocks)) == ()
        for block in Block.parse_all(list(message.blocks)):
            block.to_dict()


def giant(**changes: Any) -> Company:
    """A company with everything as long as an import takes it, and full of what must be escaped."""
    long_contact = contact(
        "&" * 80,
        email=f"{'a' * 60}@{'b' * 60}.example",
        phone="+49 " + "1" * 200,
        slack=SlackUser("T1", "U1"),
    )
    whole = distributor(
        name="<" * 80,
        website="https://example.com/" + "w" * 1500,
        charge=Charge.OTHER,
        charge_note="&" * 300,
        contacts=(long_contact,),
    )
    return replace(whole, **changes)


@pytest.mark.parametrize("language", Language)
def test_the_longest_names_and_a_hundred_partners_stay_within_the_limits(language: Language) -> None:
    partners = tuple(partner(f"p{number}", name="&" * 80) for number in range(100))
    asker = Asker(language, practice=practice("&" * 80, vendor=giant()))
    long = answer(asker=asker, because=Because("<" * 2000, 1.0), steps=STEPS, availability=CLOSED)
    free = answer(USER_SUPPORT, asker)
    many = replace(free, responsibility=replace(free.responsibility, alternatives=partners))
    worst: list[Saying] = [
        long,
        many,
        overview(language=language, vendor=giant(), support_partners=partners),
        choice(language=language, vendor=giant(), contact=giant().contacts[0]),
        Notice(language, Remark.NOT_ADMIN, (("admins", "&" * 5000),)),
    ]
    for saying in worst:
        message = render(saying)
        assert message_faults(list(message.blocks)) == ()
        assert unsafe(message) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 3000, "x" * 3000),
        ("x" * 3001, "x" * 2999 + "…"),
        ("x" * 2997 + "&amp;" + "x" * 9, "x" * 2997 + "…"),
        ("x" * 2990 + "<https://long.example|page>", "x" * 2990 + "…"),
        ("<https://long.example|page> " + "x" * 3000, "<https://long.example|page> " + "x" * 2971 + "…"),
    ],
)
def test_a_text_that_is_too_long_is_never_cut_within_a_link_or_an_escaped_sign(text: str, shown: str) -> None:
    assert section(text).to_dict()["text"]["text"] == shown


def test_a_topic_with_a_long_title_still_fits_on_its_button() -> None:
    wordy = replace(topic(), title=replace(topic().title, en="backup " * 40))
    message = render(choice(topics=(wordy,)))
    assert message_faults(list(message.blocks)) == ()
    assert elements(message)[0]["text"]["text"] == ("backup " * 40)[:75]


# ---- words alone -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", Language)
def test_the_text_says_company_contact_and_next_step_without_the_blocks(language: Language) -> None:
    for one in answers(language):
        text = render(one).text
        company = one.responsibility.company
        assert one.topic.title.in_(one.language) in text
        assert one.topic.next_step.in_(one.language) in text
        if company is not None:
            assert company.name in text
        if one.contact is not None:
            assert all(part in text for part in (one.contact.name, one.contact.email, one.contact.phone))


@pytest.mark.parametrize("language", Language)
def test_the_text_has_every_sentence_that_the_blocks_have(language: Language) -> None:
    for saying in sayings(language):
        message = render(saying)
        shown = [
            node["text"] for block in message.blocks if block["type"] != "actions" for node in texts(block)
        ]
        for sentence in " ".join(shown).split("\n"):
            for word in re.findall(r"[^\W\d_]{4,}", re.sub(r"<[^<>|]*\|?", " ", sentence)):
                assert word in message.text, f"{word} of {sentence!r} is not in {message.text!r}"


def test_what_can_be_chosen_is_in_the_text_too() -> None:
    assert "Database backup\nDatabase restore\nDatabase migration" in render(choice()).text


# ---- safety ----------------------------------------------------------------------------------------

TRUSTED = re.compile(
    r"<!date\^\d+\^\{date_short_pretty\}, \{time\}\|[^<>|]*>"
    r"|<(?:https?://|mailto:|tel:|slack://user\?)[^<>|]*\|[^<>]*>"
    r"|<#[A-Z0-9]+>"
)
"""The markup that is ours: dates, links, channels. A mention is none of it: it would notify somebody."""
UNSAFE = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")


def unsafe(message: Message) -> list[str]:
    """Return every text in which Slack would find markup that is not ours."""
    marked = [node["text"] for block in message.blocks for node in texts(block) if node["type"] == "mrkdwn"]
    return [text for text in [*marked, message.text] if UNSAFE.search(TRUSTED.sub("", text))]


evil = st.one_of(
    st.sampled_from(
        [
            "<!channel>",
            "<!here|x>",
            "<@U0ANNA>",
            "<#C0HELP>",
            "<https://evil.example|help>",
            "&lt;!channel&gt;",
        ]
    ),
    st.text(min_size=1, max_size=30),
    st.text("<>&!@#|*_`^", min_size=1, max_size=12),
)
evil_companies = st.builds(
    lambda name, person, email, phone, page, note: distributor(
        name=name,
        website=f"https://{page}",
        charge=Charge.OTHER,
        charge_note=note,
        contacts=(contact(person, email=email, phone=phone, slack=SlackChannel("T1", "C1")),),
    ),
    *(evil, evil, evil, evil, st.text("abc&<>!", max_size=8), evil),
)


@given(evil_companies, evil, evil, st.sampled_from(Language))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_no_text_of_a_person_or_company_becomes_markup(
    company: Company, name: str, phrase: str, language: Language
) -> None:
    asker = Asker(language, practice=practice(name, vendor=company))
    said: list[Saying] = [
        answer(asker=asker, because=Because(phrase, 0.5), availability=CLOSED),
        answer("software-maintenance", asker),
        choice(language=language, vendor=company, contact=company.contacts[0]),
        overview(language=language, vendor=company, support_partners=(company, company)),
        *(Notice(language, remark, tuple((key, name) for key in REMARK_VALUES)) for remark in Remark),
    ]
    for saying in said:
        assert unsafe(render(saying)) == []


def test_the_check_for_markup_finds_it() -> None:
    for text in ("<!channel>", "<@u1>", "a & b", "<evil|x>", "<https://x|<!here>>"):
        assert unsafe(Message(text))
    assert not unsafe(Message("&lt;!channel&gt; <https://x.example|A &amp; B>"))


# ---- buttons ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", Language)
def test_every_button_and_menu_has_a_listener(language: Language) -> None:
    for saying in sayings(language):
        for element in elements(render(saying)):
            action_id = element["action_id"]
            assert PRESSES.match(action_id) or action_id in MODALS, action_id


def test_an_answer_has_the_buttons_of_its_steps_with_the_question_in_them() -> None:
    message = render(answer(steps=STEPS))
    assert [(one["action_id"], one["value"]) for one in elements(message)] == [
        ("signpost.solved", "7"),
        ("signpost.not-this", "7"),
        ("signpost.say-practice", "7"),
    ]
    assert [one.get("style") for one in elements(message)] == ["primary", None, "primary"]
    assert elements(render(answer())) == []


def test_a_choice_has_its_topics_and_a_menu_of_all_18() -> None:
    message = render(choice())
    *buttons, menu = elements(message)
    assert [button["value"] for button in buttons] == [
        "7 database-backup",
        "7 database-restore",
        "7 database-migration",
    ]
    options = [option for group in menu["option_groups"] for option in group["options"]]
    assert len(options) == 18
    assert {option["value"] for option in options} == {f"7 {one.id}" for one in scheme().topics}
    assert [group["label"]["text"] for group in menu["option_groups"]] == [
        "Software maintenance",
        "Technical support",
        "Technical support, Level 0",
        "Technical support, Level 1",
        "User support",
    ]


def test_a_question_that_is_not_kept_has_nothing_to_press() -> None:
    assert elements(render(choice(question_id=None))) == []


# ---- what is shown ---------------------------------------------------------------------------------


def test_an_answer_begins_with_topic_and_company() -> None:
    first = render(answer()).blocks[0]["text"]["text"]
    assert first.startswith("*Database backup*  →  *Nord Dental (distributor, Level 0)*\n")


def test_a_contact_is_a_click_away() -> None:
    shown = render(answer(contact=contact(slack=SlackUser("T1", "U0NORA")))).blocks[1]["text"]["text"]
    assert shown.splitlines()[1] == (
        "*Nora Nord*  ·  <tel:+493715550100|+49 371 555 0100>"
        "  ·  <mailto:nora@nord.example|nora@nord.example>  ·  <slack://user?team=T1&id=U0NORA|Slack>"
    )


def test_the_next_opening_is_shown_in_each_reader_s_own_zone() -> None:
    message = render(answer(availability=CLOSED))
    assert "\nclosed now, opens <!date^1795590000^" in message.blocks[1]["text"]["text"]
    assert "closed now, opens Wed 25 Nov, 08:00" in message.text


def test_the_overview_shows_every_topic_under_its_company() -> None:
    text = render(overview()).text
    assert text.startswith("Who helps with what")
    assert "Software maintenance (obligatory): Image Instruments" in text
    assert "Level 0: Nord Dental" in text
    assert "Level 1: Image Instruments" in text
    assert "User support (optional): Ortho School or Alpha Academy" in text
    for one in scheme().topics:
        assert f"• {one.title.en}" in text


def test_the_overview_sets_its_levels_off_and_says_what_each_category_costs() -> None:
    message = render(overview())
    technical = next(
        block["text"]["text"] for block in message.blocks if "*Level 0: Nord Dental*" in str(block)
    )
    assert "\n*Level 1: Image Instruments*\n• Patch installation\n" in technical
    assert "EUR 99 plus VAT" in message.text
    assert "vendor's own decision" in message.text
    assert "sets its own price" in message.text


def test_how_a_channel_is_changed_is_told_to_whoever_only_asks() -> None:
    for mode in ChannelMode:
        asking = render(ChannelReport(EN, mode, changed=False, command="/wer")).text
        done = render(ChannelReport(EN, mode, changed=True, command="/wer")).text
        assert "`/wer channel off`" in asking
        assert done.startswith("Done.")
        assert "/wer" not in done


@pytest.mark.parametrize(
    ("vendor", "contact_there", "expected"),
    [
        (distributor(), contact(), "Nora Nord, +49 371 555 0100, nora@nord.example."),
        (distributor(website="https://nord.example"), None, "first contact: https://nord.example."),
        (distributor(), None, "Nord Dental is your first contact: Nord Dental."),
    ],
)
def test_the_way_out_of_a_choice_is_the_vendor(
    vendor: Company, contact_there: Contact | None, expected: str
) -> None:
    assert render(choice(vendor=vendor, contact=contact_there)).text.endswith(expected)


def test_an_overview_for_a_stranger_names_roles() -> None:
    text = render(overview(vendor=None, support_partners=())).text
    assert "Level 0: the company that sold you OnyxCeph" in text
    assert "a support partner of your choice" in text
    assert "Nord" not in text


def test_the_source_is_linked() -> None:
    for saying in (answer(), overview()):
        shown = [node["text"] for block in render(saying).blocks for node in texts(block)]
        assert any(
            f"<{scheme().source.url.replace('&', '&amp;')}|" in text or scheme().source.url in text
            for text in shown
        )


# ---- the modal -------------------------------------------------------------------------------------


def form(language: Language, count: int, origin: str = "{}") -> PracticeForm:
    return PracticeForm(language, tuple(giant(slug=f"c{n}-{'x' * 35}") for n in range(count)), origin)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("count", [0, 1, MAX_VENDORS, MAX_VENDORS + 1])
def test_the_modal_is_within_the_limits_with_any_number_of_vendors(language: Language, count: int) -> None:
    view = practice_view(form(language, count, "x" * 3000)).to_dict()
    assert view_faults(view) == ()
    menus = [block["element"] for block in view["blocks"] if block["element"]["type"] == "static_select"]
    assert [len(menu["options"]) for menu in menus] == ([min(count, MAX_VENDORS)] if count else [])


def test_the_modal_asks_for_a_name_or_a_vendor_and_needs_neither_alone() -> None:
    view = practice_view(PracticeForm(EN, (distributor(), manufacturer()), "{}")).to_dict()
    assert [block["optional"] for block in view["blocks"]] == [True, True]
    options = view["blocks"][1]["element"]["options"]
    assert [(one["text"]["text"], one["value"]) for one in options] == [
        ("Nord Dental", "nord-dental"),
        ("Image Instruments", "image-instruments"),
    ]
    assert view["blocks"][0]["element"]["max_length"] == 80
