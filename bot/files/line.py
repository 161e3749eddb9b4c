"""What the lines of all files have in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Line(BaseModel):
    """One line: every cell is text in its one proper form, empty where nothing is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Return the columns in the order in which they are written."""
        return tuple(cls.model_fields)

    @classmethod
    def optional_columns(cls) -> frozenset[str]:
        """Return the columns that a file may do without: then what is stored stays as it is."""
        extras = ((name, field.json_schema_extra) for name, field in cls.model_fields.items())
        return frozenset(name for name, extra in extras if isinstance(extra, dict) and extra.get("optional"))

    def cells(self) -> dict[str, str]:
        """Return what is written into the columns."""
        return self.model_dump()


def about(text: str, *, optional: bool = False) -> Any:
    """Describe a column, for the template; an optional one may be missing from a file."""
    return Field(description=text, json_schema_extra={"optional": optional})
