"""The shape of a refusal, for the documentation (C6)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ErrorModel"]


class ErrorModel(BaseModel):
    """A refusal."""

    model_config = ConfigDict(populate_by_name=True)

    type: Literal["ClientError", "ServerError"] = Field(alias="Type", description="Whose fault it is.")
    code: str = Field(alias="Code", description="What is wrong, for programs.")
    message: str = Field(alias="Message", description="What is wrong and what to do, for people.")
    validation_error_messages: list[str] = Field(
        default=[],
        alias="ValidationErrorMessages",
        description="Every wrong parameter, with what is allowed (400 alone).",
    )
