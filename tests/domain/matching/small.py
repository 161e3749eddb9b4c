"""A support scheme of four topics, small enough to compile in a moment."""

from datetime import date
from functools import cache

from bot.domain.matching.matcher import Matcher
from bot.domain.matching.words import WordsModel, compile_words
from bot.domain.scheme import Category, Language, Provider, Source, SupportScheme, Text, Topic

EN, DE = Language.EN, Language.DE


def topic(id_: str, provider: Provider, en: list[str], de: list[str]) -> Topic:
    text = Text(en[0], de[0])
    phrases = {EN: tuple(en[1:]), DE: tuple(de[1:])}
    return Topic(id_, Category.TECHNICAL_SUPPORT, 0, provider, text, text, text, phrases)


BACKUP = topic(
    "database-backup",
    Provider.DISTRIBUTOR,
    [
        "Database backup",
        "how do I back up the database",
        "nightly backup failed",
        "schedule the backup to a NAS",
        "where are the backup files stored",
        "save all patient data every evening",
    ],
    [
        "Datensicherung",
        "wie sichere ich die Datenbank",
        "nächtliche Sicherung fehlgeschlagen",
        "Sicherungsplan einrichten",
        "Sicherung auf die USB-Platte",
        "wo liegen die Sicherungen",
    ],
)
RESTORE = topic(
    "database-restore",
    Provider.MANUFACTURER,
    [
        "Database restore",
        "restore the database from yesterday",
        "a patient was deleted by accident",
        "get the lost images back",
        "the database is damaged",
        "recover everything after the disk crash",
    ],
    [
        "Datenbank-Wiederherstellung",
        "Datenbank wiederherstellen",
        "Patient versehentlich gelöscht",
        "verlorene Bilder zurückholen",
        "Datenbank beschädigt",
        "Sicherung zurückspielen nach dem Absturz",
    ],
)
UPDATE = topic(
    "software-update",
    Provider.DISTRIBUTOR,
    [
        "Software update",
        "install the new version",
        "where is the download of the latest release",
        "update the server and the clients",
        "which version is current",
        "upgrade to version 4",
    ],
    [
        "Softwareupdate",
        "neue Version installieren",
        "wo finde ich das aktuelle Update",
        "Update auf Server und Arbeitsplätze einspielen",
        "welche Version ist aktuell",
        "auf Version 4 hochrüsten",
    ],
)
TRAINING = topic(
    "user-support",
    Provider.SUPPORT_PARTNER,
    [
        "User support",
        "is there a training course",
        "how do I trace a ceph",
        "show us how to plan aligners",
        "a webinar for beginners",
        "who teaches new assistants",
    ],
    [
        "Anwendersupport",
        "gibt es eine Schulung",
        "wie zeichne ich ein Fernröntgenbild durch",
        "zeigen Sie uns die Alignerplanung",
        "Webinar für Anfänger",
        "wer weist neue Helferinnen ein",
    ],
)
TOPICS = (BACKUP, RESTORE, UPDATE, TRAINING)

NOT_SUPPORT = {
    EN: (
        "who is coming to lunch",
        "thanks, it works again",
        "the coffee machine is broken",
        "good morning all",
        "happy birthday",
        "Mrs. Smith cancelled her appointment",
        "see you tomorrow",
        "the lift is out of order",
    ),
    DE: (
        "wer kommt mit zum Essen",
        "danke, läuft wieder",
        "die Kaffeemaschine ist kaputt",
        "guten Morgen",
        "alles Gute zum Geburtstag",
        "Frau Schmidt hat abgesagt",
        "bis morgen",
        "der Aufzug steht",
    ),
}
CLINICAL = {
    EN: (
        "should this tooth be extracted",
        "which brackets for a deep bite",
        "is the mandible too long",
        "how much headgear force for a nine year old",
    ),
    DE: (
        "soll dieser Zahn gezogen werden",
        "welche Brackets bei Tiefbiss",
        "ist der Unterkiefer zu lang",
        "wie viel Headgear-Kraft bei einer Neunjährigen",
    ),
}


def small_scheme(*topics: Topic, **changes: object) -> SupportScheme:
    """Return a scheme of `topics`, all four where none are named."""
    others: dict[str, object] = {"not_support": NOT_SUPPORT, "clinical": CLINICAL, **changes}
    source = Source("", "", "", date(2024, 4, 25))
    return SupportScheme(source, "Image Instruments", {}, {}, {}, {}, topics or TOPICS, **others)  # type: ignore[arg-type]


@cache
def small_model() -> WordsModel:
    return compile_words(small_scheme())


@cache
def small_matcher() -> Matcher:
    return Matcher(small_scheme(), small_model())
