"""Which files the support network has."""

from enum import StrEnum


class Kind(StrEnum):
    """One of the files, in the order in which they build on each other."""

    COMPANIES = "companies"
    PRACTICES = "practices"
    PEOPLE = "people"
    PACKAGES = "packages"
    ENTRIES = "entries"


DIRECTORY = (Kind.COMPANIES, Kind.PRACTICES, Kind.PEOPLE)
"""Who is who; the others are the licence packages and what happened to their maintenance."""
