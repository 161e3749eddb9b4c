"""An answer in sentences, the same for Slack and for the terminal. Nothing here is escaped or marked up."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from bot.domain.network import Charge, Company, Contact
from bot.domain.responsibility import Responsibility, Standpoint
from bot.domain.saying import Answer
from bot.domain.scheme import Category, Fee, Language, Provider
from bot.wording import say
from bot.wording.formats import day, every, moment, money, percent
from bot.wording.presence import absence


class AnswerText(Struct, frozen=True):
    """The parts of an answer, in the order in which they are read. Empty where there is nothing to say.

    `availability` is a sentence in which `opens` names the next opening in the company's own zone;
    `opens_at` is the same instant, for a reader in another one.
    """

    title: str
    company: str
    answer: str
    why: str
    contact: Contact | None
    website: str
    no_contact: str
    absence: str
    availability: str
    opens: str
    opens_at: datetime | None
    cost: str
    next_step: str
    practice: str
    because: str
    source: str
    source_url: str
    hint: str


def answer_text(answer: Answer) -> AnswerText:
    """Put `answer` into its language."""
    language, who, source = answer.language, answer.responsibility, answer.scheme.source
    name = company_name(answer)
    return AnswerText(
        title=who.topic.title.in_(language),
        company=_company_line(answer, name),
        answer=who.topic.answer.in_(language) if who.standpoint is Standpoint.CUSTOMER else "",
        why=" ".join(_why(answer, name)),
        contact=answer.contact,
        website=who.company.website if who.company else "",
        no_contact=""
        if answer.contact or not who.company
        else say(language, "answer.no_contact", company=name),
        absence=absence(language, answer.absent, answer.contact),
        availability=_availability(answer),
        opens=_opens(answer),
        opens_at=answer.availability.opens_at if answer.availability else None,
        cost=" ".join(_cost(answer, name)),
        next_step=who.topic.next_step.in_(language),
        practice=say(language, "answer.for_practice", practice=answer.practice_name)
        if answer.practice_name
        else "",
        because=_because(answer),
        source=say(
            language,
            "answer.source_line",
            title=source.title,
            revision=source.revision,
            date=day(language, source.updated_on),
        ),
        source_url=source.url,
        hint=_hint(answer),
    )


def company_name(answer: Answer) -> str:
    """Name the responsible company; by its role where nobody knows which one it is."""
    who = answer.responsibility
    if who.company is not None:
        return who.company.name
    if who.role is Provider.MANUFACTURER:
        return answer.scheme.manufacturer_name
    return say(answer.language, "answer.unknown_company", role=_role(answer))


def _role(answer: Answer) -> str:
    return answer.scheme.provider_titles[answer.responsibility.role].in_(answer.language)


def _level_title(answer: Answer) -> str:
    level = answer.topic.level
    return "" if level is None else answer.scheme.levels[level].title.in_(answer.language)


def _company_line(answer: Answer, name: str) -> str:
    level = _level_title(answer)
    unknown = (
        answer.responsibility.company is None and answer.responsibility.role is not Provider.MANUFACTURER
    )
    key = "answer.unknown_company" if unknown else "answer.company"
    if not level:
        return say(answer.language, key, company=name, role=_role(answer))
    return say(answer.language, f"{key}_with_level", company=name, role=_role(answer), level=level)


def _why(answer: Answer, name: str) -> Iterator[str]:
    language, who = answer.language, answer.responsibility
    voice = {Standpoint.CUSTOMER: "why", Standpoint.OURS: "ours", Standpoint.COLLEAGUE: "colleague"}[
        who.standpoint
    ]
    is_unknown = who.company is None and who.role is not Provider.MANUFACTURER
    key = f"answer.{voice}.{who.reason}" + ("_unknown" if is_unknown else "")
    yield say(language, key, company=name, level=_level_title(answer))
    if who.biller is not None and who.biller.name != name:
        yield say(language, "answer.billed_by", company=who.biller.name)
    if who.alternatives:
        names = every(language, [company.name for company in who.alternatives])
        yield say(language, "answer.partners", companies=names)
    if who.next_company is not None and who.company is not None:
        yield _next_company(language, who, name, who.next_company)


def _next_company(language: Language, who: Responsibility, name: str, next_company: Company) -> str:
    if who.standpoint is Standpoint.OURS:
        return say(language, "answer.hand_over", next_company=next_company.name)
    return say(language, "answer.next_company", company=name, next_company=next_company.name)


def _availability(answer: Answer) -> str:
    state = answer.availability
    if state is None:
        return ""
    if state.is_open:
        return say(answer.language, "answer.open_now")
    opens = _opens(answer)
    return (
        say(answer.language, "answer.opens_at", when=opens)
        if opens
        else say(answer.language, "answer.closed")
    )


def _opens(answer: Answer) -> str:
    state, company = answer.availability, answer.responsibility.company
    if state is None or state.opens_at is None or company is None:
        return ""
    return moment(answer.language, state.opens_at, company.calendar.time_zone)


def _cost(answer: Answer, name: str) -> Iterator[str]:
    fee, company, topic = answer.fee, answer.responsibility.company, answer.topic
    technical = topic.category is Category.TECHNICAL_SUPPORT
    if technical and topic.provider is Provider.MANUFACTURER:
        return  # The scheme says nothing about what level 1 costs.
    maintained = topic.category is Category.SOFTWARE_MAINTENANCE
    charges = company is not None and company.charge is not Charge.UNKNOWN and not maintained
    if charges and company is not None:
        yield _charge(answer.language, company, name)
    if fee is not None and not (charges and technical):
        yield from fee_sentences(answer.language, fee, billing_known=answer.responsibility.biller is not None)


def _charge(language: Language, company: Company, name: str) -> str:
    if company.charge is Charge.OTHER:
        return say(language, "answer.charge.other", company=name, note=company.charge_note.rstrip("."))
    sentence = say(language, f"answer.charge.{company.charge}", company=name)
    if not company.charge_note:
        return sentence
    note = company.charge_note.rstrip(".")
    return say(language, "answer.charge.note", sentence=sentence.rstrip("."), note=note)


def fee_sentences(language: Language, fee: Fee, *, billing_known: bool = False) -> Iterator[str]:
    """Say what a category costs, and unless the reader is told already, who charges it."""
    if fee.net_cents is not None and fee.currency and fee.per:
        amount = money(language, fee.net_cents, fee.currency)
        yield say(language, "answer.fee", amount=amount, per=fee.per.in_(language))
    if not billing_known:
        yield fee.billing.in_(language)


def _because(answer: Answer) -> str:
    if answer.because is None:
        return ""
    return say(
        answer.language,
        "answer.because",
        topic=answer.topic.title.in_(answer.language),
        phrase=answer.because.phrase,
        percent=percent(answer.language, answer.because.score),
    )


def _hint(answer: Answer) -> str:
    if answer.is_solved:
        return say(answer.language, "answer.solved")
    if answer.is_sample:
        return say(answer.language, "answer.sample")
    who = answer.responsibility
    lost = who.company is None and who.role is Provider.DISTRIBUTOR
    return (
        say(answer.language, "answer.say_practice") if lost and who.standpoint is Standpoint.CUSTOMER else ""
    )
