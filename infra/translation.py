"""Pydantic's errors as problems of the configuration: value, rule and remedy, in the names of the YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from infra.descriptions import descriptions
from infra.problems import Problem, Settings

Model = TypeVar("Model", bound=Settings)


def read(model: type[Model], raw: object, where: str, problems: list[Problem]) -> Model | None:
    """The settings of one component, or None with every problem of it added to `problems`."""
    try:
        settings = model.model_validate(raw)
    except ValidationError as error:
        problems += [translate(detail, model, where) for detail in error.errors(include_url=False)]
        return None
    problems += settings.problems(where)
    return settings


def translate(detail: ErrorDetails, model: type[BaseModel], where: str) -> Problem:
    """One error of pydantic as a problem; `where` is the component's key, the error's place is added to it."""
    path = detail["loc"]
    place = where + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    context = detail.get("ctx", {})
    match detail["type"]:
        case "floodgate":
            return Problem(place, str(context["value"]), str(context["rule"]), str(context["remedy"]))
        case "missing":
            return Problem(place, "missing", "but it has no default", f"set {path[-1]}{_description(model, path)}")
        case "extra_forbidden":
            known = _names(_model_at(model, path[:-1]))
            return Problem(place, repr(detail["input"]), "but there is no such setting", remedy(str(path[-1]), known))
        case _:
            rule = "but " + detail["msg"][:1].lower() + detail["msg"][1:]
            return Problem(place, repr(detail["input"]), rule, f"correct it{_description(model, path)}")


def remedy(wrong: str, known: Iterable[str]) -> str:
    """What to write in place of an unknown name: the nearest known ones, or all of them."""
    names = sorted(known)
    near = get_close_matches(wrong, names, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(names)}"


def _names(model: type[BaseModel] | None) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _description(model: type[BaseModel], path: Sequence[int | str]) -> str:
    """`` (what the setting is for)``, where the setting at `path` says so."""
    owner = _model_at(model, path[:-1])
    for name, field in owner.model_fields.items() if owner and path else ():
        if path[-1] in {name, field.alias} and (description := descriptions(owner).get(name)):
            sentence = " ".join(description.split()).split(". ")[0].rstrip(".")
            return f" ({sentence})"
    return ""


def _model_at(model: type[BaseModel] | None, path: Sequence[int | str]) -> type[BaseModel] | None:
    """The model that the settings at `path` belong to; list positions and dictionary keys are stepped over."""
    for part in path:
        if model is None or isinstance(part, int):
            continue
        fields: Mapping[str, Any] = {field.alias or name: field for name, field in model.model_fields.items()}
        model = _inner_model(fields[part].annotation) if part in fields else None
    return model


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    """The settings class inside ``X``, ``X | None`` or ``tuple[X, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_inner_model, get_args(annotation))), None)
