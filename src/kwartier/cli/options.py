"""Options that several commands share."""

from typing import Annotated, Any, TypeAlias

import typer

from kwartier.cli.given import read_granularity
from kwartier.domain.messages import Language
from kwartier.wire.vocabulary import GRANULARITY

__all__ = [
    "ComingOption",
    "DataToOption",
    "DatabaseOption",
    "EmailOption",
    "JsonOption",
    "LanguageOption",
    "LinesOption",
    "OrganisationOption",
    "PersonOption",
    "ReferenceOption",
    "granularity_option",
]

DatabaseOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="Where it is kept: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
        show_default=False,
    ),
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
OrganisationOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--organisation", help="The enterprise number, with or without dots and BE.", metavar="NUMBER"
    ),
]
PersonOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="PERSON",
        help="The id of the person who acts for the organisation; the operator does if not told.",
        show_default=False,
    ),
]
LanguageOption: TypeAlias = Annotated[
    Language, typer.Option("--language", help="In which they are written to.")
]
EmailOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--email", metavar="ADDRESS", help="Where consent is asked as of a grid user.", show_default=False
    ),
]
LinesOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--address",
        metavar="LINE",
        help="A line of the postal address, once for each: where consent is asked of who has no e-mail.",
        show_default=False,
    ),
]
DataToOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="MOMENT", help="Before which it ends; open if not told.", show_default=False
    ),
]
ReferenceOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--reference-number", metavar="NUMBER", help="Of a service provider's mandate.", show_default=False
    ),
]
ComingOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--grid-user",
        metavar="WHO",
        help="Who uses the EAN from then on: an enterprise number or a name.",
        show_default=False,
    ),
]


def granularity_option(explained: str) -> Any:
    """A level of detail, in the API's words."""
    return typer.Option(
        parser=read_granularity, metavar="|".join(GRANULARITY.names), help=explained, show_default=False
    )
