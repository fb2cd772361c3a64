"""Reads options from the environment: each field of a dataclass corresponds to a variable SHOTLENS_<FIELD>."""

from dataclasses import fields
from typing import Any, TypeVar, get_type_hints

from pydantic import Field, ValidationError, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from shotlens.shots.errors import SettingError

PREFIX = "SHOTLENS_"

Options = TypeVar("Options")


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, populate_by_name=True)


def from_environment(options: type[Options], **overrides: Any) -> Options:
    """Build a dataclass of options from the overrides that are not None, else the environment, else the defaults.

    The metadata of a field holds its description and bounds under Pydantic's names. Raises SettingError.
    """
    hints = get_type_hints(options)
    option_fields = fields(options)  # type: ignore[arg-type]  # a dataclass, which a TypeVar cannot express
    definitions: dict[str, Any] = {f.name: (hints[f.name], Field(f.default, **f.metadata)) for f in option_fields}
    model: Any = create_model(options.__name__, __base__=_Environment, **definitions)
    try:
        values = model(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise SettingError(explain(error)) from error
    return options(**{f.name: getattr(values, f.name) for f in option_fields})


def explain(error: ValidationError) -> str:
    """Return a sentence that says which settings are wrong and why."""
    problems = (f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
    return f"A setting in the environment is invalid ({'; '.join(problems)})."
