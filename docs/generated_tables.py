"""Types and defaults of settings, in the words of a table."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

SHOWN_VALUES = 6


def inner_model(annotation: Any) -> type[BaseModel] | None:
    """The settings class inside an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := inner_model(part))), None)


def type_name(annotation: Any) -> str:
    """A short word for a type."""
    if get_origin(annotation) is Literal:
        values = [f"`{value}`" for value in get_args(annotation)]
        return " or ".join(values) if len(values) <= SHOWN_VALUES else f"{values[0]}, {values[1]}, … {values[-1]}"
    if annotation is SecretStr:
        return "secret text"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "keys below"
    if get_origin(annotation) is Annotated:
        return type_name(get_args(annotation)[0])
    parts = dict.fromkeys(type_name(part) for part in get_args(annotation) if part not in (type(None), Ellipsis))
    if get_origin(annotation) in (list, tuple):
        return "list of " + " or ".join(parts)
    return " or ".join(parts) or annotation.__name__


def default_of(field: FieldInfo) -> str:
    """The default as the YAML would say it, or nothing where there is none."""
    if field.is_required():
        return ""
    value = field.get_default(call_default_factory=True) if field.default is PydanticUndefined else field.default
    if isinstance(value, SecretStr):
        return "for development only"
    if value == {}:
        return "empty"
    if isinstance(value, BaseModel):
        return "as below"
    if isinstance(value, bool) or value is None:
        return {True: "`true`", False: "`false`", None: "none"}[value]
    return ", ".join(f"`{part}`" for part in value) or "empty" if isinstance(value, (list, tuple)) else f"`{value}`"
