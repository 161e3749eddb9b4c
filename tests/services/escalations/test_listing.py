"""Who sees which escalations in which list, and which lines of a timeline, on both engines."""

import pytest
from sqlmodel import Session

from bot.domain.arrival import HomeOpened
from bot.domain.escalation.life import Move
from bot.domain.escalation.listing import (
    EscalationLists,
    EscalationsPart,
    ListSaying,
    NoEscalation,
    Shelf,
    Timeline,
)
from bot.domain.network import SlackUser
from bot.domain.scheme import Language
from bot.services import home
from bot.services.commands import Order, Word, parse
from bot.services.escalations import listing
from bot.services.escalations.records import Event, record
from bot.storage.queries import outbox
from bot.storage.tables import (
    EscalationEventRow,
    EscalationRow,
    MembershipRow,
    PersonRow,
    PracticeRow,
)
from tests.escalations import LEVEL_1, TEAM, World

EVERYBODY = ("anna", "arzt", "tilo", "dora", "tom", "tina", "lena", "karl", "kim", "tara", "ada", "otto")


def part(world: World, who: str) -> EscalationsPart:
    with world.database.transaction() as session:
        return listing.part_of(session, world.bot, session.get_one(PersonRow, world.people[who]))


def seen(world: World, who: str) -> dict[Shelf, list[str]]:
    """Return the last digits of what somebody sees, by list."""
    return {one.shelf: [line.summary.reference[-1] for line in one.lines] for one in part(world, who).shelves}


def ask(world: World, who: str, reference: str) -> ListSaying:
    with world.database.transaction() as session:
        person = session.get_one(PersonRow, world.people[who])
        return listing.timeline_of(session, world.bot, person, reference, Language.EN)


def timeline(world: World, who: str, reference: str = "ESC-2026-0001") -> Timeline:
    found = ask(world, who, reference)
    assert isinstance(found, Timeline)
    return found


# ---- who sees which rows ---------------------------------------------------------------------------

OF_NORD = {"anna": Shelf.MINE, "arzt": Shelf.MINE, "tom": Shelf.QUEUE, "tina": Shelf.QUEUE}
OF_IMAGE = {"karl": Shelf.QUEUE, "kim": Shelf.QUEUE}


@pytest.mark.parametrize(
    ("topic", "moves", "shelves"),
    [
        pytest.param(None, [], OF_NORD, id="new at the vendor"),
        pytest.param(None, [(Move.TAKE, "tom")], OF_NORD | {"tom": Shelf.WAITS}, id="taken there"),
        pytest.param(
            None,
            [(Move.TAKE, "tom"), (Move.ASK_BACK, "tom")],
            OF_NORD | {"tom": Shelf.MINE, "anna": Shelf.WAITS, "arzt": Shelf.WAITS},
            id="asked back",
        ),
        pytest.param(
            None,
            [(Move.TAKE, "tom"), (Move.RESOLVE, "tom")],
            {"anna": Shelf.WAITS, "arzt": Shelf.WAITS},
            id="resolved",
        ),
        pytest.param(
            None,
            [(Move.TAKE, "tom"), (Move.HAND_OVER, "tom")],
            OF_NORD | OF_IMAGE | {"tom": Shelf.INFORMED, "tina": Shelf.INFORMED},
            id="handed over",
        ),
        pytest.param(
            LEVEL_1,
            [(Move.TAKE, "kim")],
            OF_NORD | OF_IMAGE | {"kim": Shelf.WAITS, "tom": Shelf.INFORMED, "tina": Shelf.INFORMED},
            id="level 1",
        ),
        pytest.param(
            "user-support",
            [],
            {"anna": Shelf.MINE, "arzt": Shelf.MINE, "tara": Shelf.QUEUE},
            id="the support partner's",
        ),
        pytest.param(
            None, [(Move.TAKE, "tom"), (Move.RESOLVE, "tom"), (Move.CONFIRM, "anna")], {}, id="closed"
        ),
    ],
)
def test_everybody_sees_what_is_theirs_and_nothing_else(
    world: World, topic: str | None, moves: list[tuple[Move, str]], shelves: dict[str, Shelf]
) -> None:
    key = world.open(**({"topic": topic} if topic else {}))
    for move, by in moves:
        world.move(key, move, by)
    admin = {} if not shelves or "resolved" in world.row(key).state else {"ada": Shelf.QUEUE}
    wanted = {who: {shelf: ["1"]} for who, shelf in (shelves | admin).items()}
    assert {who: seen(world, who) for who in EVERYBODY if seen(world, who)} == wanted


def test_a_timeline_is_for_those_who_see_the_escalation_and_nobody_learns_whether_there_is_one(
    world: World,
) -> None:
    world.open()
    sees = {who for who in EVERYBODY if isinstance(ask(world, who, "esc-2026-0001"), Timeline)}
    assert sees == {"anna", "arzt", "tom", "tina", "ada"}
    foreign, absent = ask(world, "tilo", "ESC-2026-0001"), ask(world, "tilo", "ESC-2026-0002")
    assert foreign == NoEscalation(Language.EN, "ESC-2026-0001", "/support")
    assert absent == NoEscalation(Language.EN, "ESC-2026-0002", "/support")


def test_whoever_only_claims_a_practice_sees_nothing_of_it(world: World) -> None:
    world.open()
    world.person("eve", practice="Praxis Dr. Berg", is_confirmed=False)
    assert seen(world, "eve") == {}
    with world.database.transaction() as session:
        row = session.get_one(MembershipRow, (world.people["eve"], world.practices["Praxis Dr. Berg"]))
        row.confirmed_at = world.clock.now()
    assert seen(world, "eve") == {Shelf.MINE: ["1"]}


def test_whoever_was_informed_still_sees_it_when_the_practice_has_another_vendor(world: World) -> None:
    world.open(topic=LEVEL_1)
    with world.database.transaction() as session:
        practice = session.get_one(PracticeRow, world.practices["Praxis Dr. Berg"])
        practice.vendor_id = world.companies["alpine"]
    assert seen(world, "tom") == {Shelf.INFORMED: ["1"]}
    assert seen(world, "lena") == {}


def test_whoever_finds_the_company_has_it_waiting(world: World) -> None:
    world.open("otto", practice_id=None)
    assert seen(world, "karl") == {Shelf.WAITS: ["1"]}
    assert seen(world, "kim") == {Shelf.QUEUE: ["1"]}
    assert seen(world, "otto") == {Shelf.MINE: ["1"]}


def test_lists_are_by_due_time_and_what_is_not_promised_comes_after(world: World) -> None:
    world.open()
    world.promise("nord", 120, None)
    world.clock.advance(minutes=20)
    world.open("arzt")
    world.promise("nord", 30, 600)
    world.open("anna")
    assert seen(world, "tom") == {Shelf.QUEUE: ["3", "2", "1"]}
    world.clock.advance(hours=1)
    (shelf,) = part(world, "tom").shelves
    assert [line.is_overdue for line in shelf.lines] == [True, False, False]


def test_what_does_not_fit_is_counted(world: World) -> None:
    for _ in range(listing.SHOWN + 3):
        world.open()
    (shelf,) = part(world, "tina").shelves
    assert (len(shelf.lines), shelf.more) == (listing.SHOWN, 3)


def test_a_line_says_what_happened_in_its_first_words_and_opens_the_reader_s_own_thread(world: World) -> None:
    world.open(happened="The second PC\nfinds no server, " + "and so on " * 20)
    ((line,),) = [one.lines for one in part(world, "tom").shelves]
    assert line.title.startswith("The second PC finds no server, and so on")
    assert line.title.endswith("…")
    assert line.link == "slack://channel?team=T0SIGN&id=CNORD"
    ((own,),) = [one.lines for one in part(world, "anna").shelves]
    assert own.link == ""


# ---- the timeline ----------------------------------------------------------------------------------


def kinds(world: World, who: str) -> list[str]:
    return [entry.kind for entry in timeline(world, who).entries]


def test_a_timeline_tells_who_did_what(world: World) -> None:
    key = world.open()
    world.move(key, Move.TAKE, "tom")
    world.move(key, Move.HAND_OVER, "tom")
    opened, taken, handed = timeline(world, "tom").entries
    assert (opened.by, opened.company, opened.text) == (
        "Anna",
        "Nord Dental",
        "The second PC finds no server.",
    )
    assert (taken.kind, taken.by) == ("take", "Tom (Nord Dental)")
    assert (handed.kind, handed.company, handed.text) == (
        "hand-over",
        "Image Instruments",
        "restarted the server",
    )
    assert [entry.text for entry in timeline(world, "anna").entries][2] == ""
    assert [entry.text for entry in timeline(world, "kim").entries][2] == "restarted the server"


def test_what_time_told_a_company_is_for_that_company(world: World) -> None:
    world.promise("nord", 60, None)
    key = world.open()
    world.clock.advance(hours=1)
    world.sweep()
    world.move(key, Move.TAKE, "tom")
    assert kinds(world, "tom") == ["open", "warn-owner", "tell-channel", "take"]
    assert kinds(world, "ada") == kinds(world, "tom")
    assert kinds(world, "anna") == ["open", "take"]


def test_internal_lines_are_their_company_s_alone(world: World) -> None:
    key = world.open()
    world.move(key, Move.HAND_OVER, "tom")
    with world.database.transaction() as session:
        row = session.get_one(EscalationRow, key)
        by = (world.people["tom"], world.companies["nord"])
        record(session, row, Event("m1", "message", world.clock.now(), by, "do not tell them"))
        event = session.get_one(EscalationEventRow, 3)
        event.is_internal = True
    texts = {who: timeline(world, who).entries[-1].text for who in ("tom", "tina", "kim", "anna", "ada")}
    secret = {who for who, text in texts.items() if text == "do not tell them"}
    assert secret == {"tom", "tina"}


# ---- where it is seen ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("escalations", Order(Word.ESCALATIONS)),
        ("Eskalationen", Order(Word.ESCALATIONS)),
        ("escalation esc-2026-0042", Order(Word.ESCALATIONS, reference="ESC-2026-0042")),
        (" eskalation  ESC-2026-0042 ", Order(Word.ESCALATIONS, reference="ESC-2026-0042")),
        ("escalations are slow", None),
        ("escalation ESC-2026-0042 please", None),
        ("escalation", None),
    ],
)
def test_the_command_knows_the_words(text: str, order: Order | None) -> None:
    assert parse(text) == order


def look(session: Session, world: World, who: str) -> str:
    user = SlackUser(TEAM, f"U{who.upper()}")
    home.settle(session, world.bot, HomeOpened(TEAM, user, "D0", "1.0"), None)
    row = outbox.by_key(session, f"views.publish {user.user_id} home:{TEAM}:{user.user_id}:1.0")
    assert row is not None
    return str(row.content)


def test_the_home_lists_them_and_leaves_them_out_where_there_are_none(world: World) -> None:
    world.open()
    with world.database.transaction() as session:
        assert "ESC-2026-0001" in look(session, world, "anna")
        assert "Your company's escalations" in look(session, world, "tina")
        assert "scalation" not in look(session, world, "tilo")


def test_the_button_s_number_is_not_trusted(world: World) -> None:
    key = world.open()
    with world.database.transaction() as session:
        own = listing.answer_button(session, world.bot, SlackUser(TEAM, "UANNA"), key)
        foreign = listing.answer_button(session, world.bot, SlackUser(TEAM, "UTILO"), key)
        stranger = listing.answer_button(session, world.bot, SlackUser("T0ELSE", "UANNA"), key)
        absent = listing.answer_button(session, world.bot, SlackUser(TEAM, "UANNA"), 0)
    assert isinstance(own, Timeline)
    assert [type(one) for one in (foreign, stranger, absent)] == [NoEscalation] * 3


def test_somebody_without_any_is_told_so(world: World) -> None:
    with world.database.transaction() as session:
        person = session.get_one(PersonRow, world.people["otto"])
        found = listing.lists(session, world.bot, person, Language.EN)
    assert found == EscalationLists(Language.EN, EscalationsPart((), "/support"))


def test_a_long_queue_says_exactly_how_many_more_there_are(world: World) -> None:
    key = world.open()
    with world.database.transaction() as session:
        one = session.get_one(EscalationRow, key).model_dump(exclude={"id", "reference", "nonce"})
        copies = [
            EscalationRow(reference=f"ESC-2026-{9000 + n}", nonce=f"copy {n}", **one) for n in range(450)
        ]
        session.add_all(copies)
    for name, shelf in (("tom", Shelf.QUEUE), ("anna", Shelf.MINE)):
        with world.database.transaction() as session:
            person = session.get_one(PersonRow, world.people[name])
            found = {one.shelf: one for one in listing.part_of(session, world.bot, person).shelves}
        assert (len(found[shelf].lines), found[shelf].more) == (8, 443)
