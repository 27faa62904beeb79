"""Field masks: what of an answer is asked for, and what of a resource a request changes.

https://developers.google.com/workspace/sheets/api/guides/field-masks
"""

from __future__ import annotations

import re
from typing import Any

from tests.sheets_server.discovery import SCHEMAS
from tests.sheets_server.errors import BAD_REQUEST, ApiError

# Names by name; a name without any below it stands for all of it.
Mask = dict[str, "Mask"]
TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|[*,().\/])\s*")
EVERYTHING = "*"
NO_FIELDS = "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"


def parse(text: str) -> Mask:
    """Return the mask of ``a,b(c,d/e),f.g``; raises ValueError for what is none."""
    tokens, end = [], 0
    while end < len(text):
        found = TOKEN.match(text, end)
        if not found:
            raise ValueError(f"no field mask: {text}")
        tokens.append(found[1])
        end = found.end()
    mask: Mask = {}
    try:
        rest = _list(tokens, mask)
    except ValueError:
        rest = tokens
    if rest or not mask:
        raise ValueError(f"no field mask: {text}")
    return mask


def _list(tokens: list[str], into: Mask) -> list[str]:
    """Read names up to the end of the list, and return what stands behind it."""
    while True:
        tokens, at = _path(tokens, into)
        if tokens[:1] == ["("]:
            tokens = _list(tokens[1:], at)
            if tokens[:1] != [")"]:
                raise ValueError(tokens)
            tokens = tokens[1:]
        if tokens[:1] != [","]:
            return tokens
        tokens = tokens[1:]


def _path(tokens: list[str], into: Mask) -> tuple[list[str], Mask]:
    while True:
        if not tokens or tokens[0] in ",().//":
            raise ValueError(tokens)
        into = into.setdefault(_camel(tokens[0]), {})
        tokens = tokens[1:]
        if tokens[:1] not in (["."], ["/"]):
            return tokens, into
        tokens = tokens[1:]


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda letter: letter[1].upper(), name)


def of_answer(schema: str, text: str) -> Mask:
    """Return the mask of the parameter ``fields``; raises ApiError if it does not fit the answer."""
    try:
        mask = parse(text)
    except ValueError:
        raise _refusal(text) from None
    unknown = _unknown(schema, mask, "")
    if unknown:
        raise _refusal(unknown)
    return mask


def of_update(schema: str, text: str) -> Mask:
    """Return the mask of a request that changes a resource; raises ApiError if it does not fit."""
    if not text:
        raise ApiError(400, NO_FIELDS)
    try:
        mask = parse(text)
    except ValueError:
        raise ApiError(400, f"Invalid field mask: {text}") from None
    unknown = _unknown(schema, mask, "")
    if unknown:
        raise ApiError(400, f"Invalid field: {unknown}")
    return mask


def _refusal(path: str) -> ApiError:
    text = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    violations = [{"field": path, "description": text}]
    details = [{"@type": BAD_REQUEST, "fieldViolations": violations}]
    return ApiError(400, "Request contains an invalid argument.", details=details)


def _unknown(schema: str, mask: Mask, before: str) -> str:
    """Return the first path that the schema does not have, or nothing."""
    for name, inner in mask.items():
        if name == EVERYTHING:
            continue
        spec = SCHEMAS[schema]["properties"].get(name)
        if spec is None:
            return before + name
        below = spec.get("$ref") or spec.get("items", {}).get("$ref")
        if inner and not below:
            return f"{before}{name}.{next(iter(inner))}"
        unknown = _unknown(below, inner, f"{before}{name}.") if inner else ""
        if unknown:
            return unknown
    return ""


def applied(mask: Mask, value: Any) -> Any:
    """Return what the mask leaves of an answer."""
    if not mask or EVERYTHING in mask:
        return value
    if isinstance(value, list):
        return [applied(mask, inner) for inner in value]
    kept = {name: applied(inner, value[name]) for name, inner in mask.items() if name in value}
    return {name: inner for name, inner in kept.items() if inner != {} or value[name] == {}}


def includes(mask: Mask, *path: str) -> bool:
    """Whether a path, or something below it, is asked for."""
    for name in path:
        if not mask or EVERYTHING in mask:
            return True
        if name not in mask:
            return False
        mask = mask[name]
    return True


def leaves(mask: Mask, expanded: dict[str, list[str]] | None = None) -> list[tuple[str, ...]]:
    """Return the paths of a mask; a name in ``expanded`` without names below it stands for those there."""
    paths: list[tuple[str, ...]] = []
    for name, inner in mask.items():
        below = inner or {one: {} for one in (expanded or {}).get(name, [])}
        paths += [(name, *path) for path in leaves(below)] if below else [(name,)]
    return paths
