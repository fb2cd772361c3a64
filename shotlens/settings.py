"""Options read from the environment: each field of a dataclass is the variable SHOTLENS_<FIELD>."""

from dataclasses import fields
from typing import Any, TypeVar, get_type_hints

from pydantic import Field, ValidationError, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from shotlens.shots.errors import SettingError

PREFIX = "SHOTLENS_"

Options = TypeVar("Options")


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, populate_by_name=True)


def from_environment(options: type[Options], **given: Any) -> Options:
    """Read a dataclass of options: what is given here, else what the environment says, else its defaults.

    The metadata of a field are its description and its bounds, as Pydantic names them. Raises SettingError.
    """
    hints = get_type_hints(options)
    known = fields(options)  # type: ignore[arg-type]  # a dataclass, which typing cannot say of a type
    columns: dict[str, Any] = {f.name: (hints[f.name], Field(f.default, **f.metadata)) for f in known}
    model: Any = create_model(options.__name__, __base__=_Environment, **columns)
    try:
        values = model(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingError(explain(error)) from error
    return options(**{f.name: getattr(values, f.name) for f in known})


def explain(error: ValidationError) -> str:
    """Say in one sentence which settings are wrong and why."""
    wrong = (f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
    return f"A setting in the environment is wrong ({'; '.join(wrong)})."
