"""Which files the directory has."""

from enum import StrEnum


class Kind(StrEnum):
    """One of the three files, in the order in which they build on each other."""

    COMPANIES = "companies"
    PRACTICES = "practices"
    PEOPLE = "people"
