"""The API's own description: its routes, and what a request or an answer may hold.

It is the discovery document that google-api-python-client carries.
https://developers.google.com/discovery/v1/reference/apis
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

import msgspec

from tests.sheets_server.errors import BAD_REQUEST, ApiError

Check = Callable[[Any, str, list[tuple[str, str]], bool], None]

DOCUMENT: dict[str, Any] = msgspec.json.decode(
    files("googleapiclient").joinpath("discovery_cache/documents/sheets.v4.json").read_bytes()
)
SCHEMAS: dict[str, dict[str, Any]] = DOCUMENT["schemas"]
PACKAGE = "type.googleapis.com/google.apps.sheets.v4."
INT32 = range(-(2**31), 2**31)


@dataclass(frozen=True)
class Method:
    """One method of the API."""

    api_id: str
    http: str
    route: re.Pattern[str]
    parameters: dict[str, dict[str, Any]]
    request: str
    response: str
    scopes: frozenset[str]

    @property
    def kind(self) -> str:
        """Which quota it counts against, ``read`` or ``write``."""
        name = self.api_id.rpartition(".")[2].lower()
        return "read" if "get" in name or name == "search" else "write"


def _methods(resource: dict[str, Any]) -> Iterator[Method]:
    for method in resource.get("methods", {}).values():
        parts = re.split(r"\{(\w+)\}", method["flatPath"])
        pattern = "".join(
            f"(?P<{part}>[^/]+)" if odd else re.escape(part)
            for part, odd in zip(parts, [False, True] * len(parts), strict=False)
        )
        yield Method(
            api_id=method["id"],
            http=method["httpMethod"],
            route=re.compile("/" + pattern),
            parameters=DOCUMENT["parameters"] | method["parameters"],
            request=method.get("request", {}).get("$ref", ""),
            response=method["response"]["$ref"],
            scopes=frozenset(method["scopes"]),
        )
    for inner in resource.get("resources", {}).values():
        yield from _methods(inner)


# The longer patterns first: a verb behind a colon is not part of what stands before it.
METHODS = sorted(_methods(DOCUMENT), key=lambda method: -len(method.route.pattern))


def find_method(http: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """Return the method of a request and the parameters in its path, or None if there is none."""
    for method in METHODS:
        found = method.http == http and method.route.fullmatch(path)
        if found:
            return method, {name: unquote(value) for name, value in found.groupdict().items()}
    return None


def check_request(schema: str, body: Any) -> None:
    """Raise ApiError unless ``body`` fits the schema; fields that are null are taken out of it."""
    faults: list[tuple[str, str]] = []
    _check_of(schema)(body, "", faults, False)
    if faults:
        raise invalid_payload(faults)


def faults_of_answer(schema: str, body: Any) -> list[tuple[str, str]]:
    """Return where an answer departs from its schema, and how."""
    faults: list[tuple[str, str]] = []
    _check_of(schema)(body, "", faults, True)
    return faults


def check_query(method: Method, query: dict[str, list[str]]) -> dict[str, Any]:
    """Return the parameters behind the question mark, typed; repeated ones as lists.

    Raises ApiError for one that the method does not have, and for a value that does not fit.
    """
    typed: dict[str, Any] = {}
    faults: list[tuple[str, str]] = []
    for name, values in query.items():
        spec = method.parameters.get(name)
        if spec is None or spec["location"] != "query":
            text = f'Unknown name "{name}": Cannot bind query parameter.'
            faults.append(("", f"{text} Field '{name}' could not be found in request message."))
            continue
        value = values[-1]
        if spec["type"] == "boolean":
            if value.lower() not in ("true", "false", "1", "0"):
                faults.append((_snake(name), f"Invalid value at '{_snake(name)}' (TYPE_BOOL), \"{value}\""))
            typed[name] = value.lower() in ("true", "1")
        elif "enum" in spec and value not in spec["enum"]:
            kind = PACKAGE + name[:1].upper() + name[1:]
            faults.append((_snake(name), f"Invalid value at '{_snake(name)}' ({kind}), \"{value}\""))
        else:
            typed[name] = values if spec.get("repeated") else value
    if faults:
        raise invalid_payload(faults)
    return typed


def invalid_payload(faults: list[tuple[str, str]]) -> ApiError:
    """Return the answer to a body that is not what the API describes."""
    prefix = "Invalid JSON payload received. "
    texts = [(prefix if text.startswith("Unknown name") else "") + text for _, text in faults]
    violations = [
        ({"field": field} if field else {}) | {"description": text}
        for (field, _), text in zip(faults, texts, strict=True)
    ]
    return ApiError(400, "\n".join(texts), details=[{"@type": BAD_REQUEST, "fieldViolations": violations}])


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), name)


@cache
def _check_of(schema: str) -> Check:
    """Return what checks a message: the fields that it may have, each with its own check."""
    fields = {
        name: (_snake(name), _check_of_field(spec)) for name, spec in SCHEMAS[schema]["properties"].items()
    }

    def check(value: Any, at: str, faults: list[tuple[str, str]], answer: bool) -> None:
        if type(value) is not dict:
            faults.append((at, f"Invalid value at '{at}' ({PACKAGE}{schema}), {_shown(value)}"))
            return
        absent = []
        for name, inner in value.items():
            known = fields.get(name)
            if known is None:
                where = f" at '{at}'" if at else ""
                faults.append((at, f'Unknown name "{name}"{where}: Cannot find field.'))
            elif inner is None and not answer:
                absent.append(name)
            else:
                known[1](inner, f"{at}.{known[0]}" if at else known[0], faults, answer)
        for name in absent:
            del value[name]

    return check


def _check_of_field(spec: dict[str, Any]) -> Check:
    if "$ref" in spec:
        return _later(spec["$ref"])
    if spec["type"] == "array":
        return _list_of(spec)
    if spec["type"] == "object":
        return _map_of(spec)
    return _scalar(spec)


def _later(schema: str) -> Check:
    """Return the check of a message, looked up when it is needed: messages may hold themselves."""

    def check(value: Any, at: str, faults: list[tuple[str, str]], answer: bool) -> None:
        _check_of(schema)(value, at, faults, answer)

    return check


def _list_of(spec: dict[str, Any]) -> Check:
    item = spec["items"]
    # The cells of a ValueRange may be anything, and there may be millions.
    opaque = item.get("type") == "array" and item["items"].get("type") == "any"
    check_item = _check_of_field(item)

    def check(value: Any, at: str, faults: list[tuple[str, str]], answer: bool) -> None:
        if type(value) is not list:
            faults.append((at, f"Invalid value at '{at}', {_shown(value)}"))
        elif opaque:
            for number, row in enumerate(value):
                if type(row) is not list:
                    kind = "type.googleapis.com/google.protobuf.ListValue"
                    faults.append(
                        (f"{at}[{number}]", f"Invalid value at '{at}[{number}]' ({kind}), {_shown(row)}")
                    )
        else:
            for number, inner in enumerate(value):
                check_item(inner, f"{at}[{number}]", faults, answer)

    return check


def _map_of(spec: dict[str, Any]) -> Check:
    check_item = _check_of_field(spec["additionalProperties"]) if "additionalProperties" in spec else None

    def check(value: Any, at: str, faults: list[tuple[str, str]], answer: bool) -> None:
        if type(value) is not dict:
            faults.append((at, f"Invalid value at '{at}', {_shown(value)}"))
        elif check_item:
            for name, inner in value.items():
                check_item(inner, f"{at}[{name}]", faults, answer)

    return check


def _scalar(spec: dict[str, Any]) -> Check:
    kind, form = spec["type"], spec.get("format", "")
    enum = frozenset(spec.get("enum", ()))
    name = {"string": "TYPE_STRING", "boolean": "TYPE_BOOL", "integer": "TYPE_INT32"}.get(kind, "")
    name = name or ("TYPE_FLOAT" if form == "float" else "TYPE_DOUBLE")

    def check(value: Any, at: str, faults: list[tuple[str, str]], answer: bool) -> None:
        if kind == "any":
            return
        if kind == "string":
            fits = type(value) is str and (not enum or value in enum)
        elif kind == "boolean":
            fits = type(value) is bool
        elif kind == "integer":
            fits = type(value) is int and value in INT32
        else:
            fits = type(value) in (int, float)
        if not fits:
            faults.append((at, f"Invalid value at '{at}' ({name}), {_shown(value)}"))

    return check


def _shown(value: Any) -> str:
    return msgspec.json.encode(value).decode()
