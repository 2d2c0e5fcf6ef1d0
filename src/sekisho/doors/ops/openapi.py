"""The OpenAPI 3.1 document, made from the routes: their bodies, answers and refusals."""

import re

import msgspec

from sekisho import __version__
from sekisho.web.refusals import Problem
from sekisho.web.routing import Route

_PLACE = re.compile(r"\{(\w+)\}")
_REF = "#/components/schemas/{name}"
_FLOW_HEADER = {
    "name": "Sekisho-Flow",
    "in": "header",
    "required": True,
    "description": "The flow's secret.",
    "schema": {"type": "string"},
}


def describe(routes: tuple[Route, ...]) -> bytes:
    """Return the document as JSON."""
    shapes = [Problem, *_shapes(routes)]
    schemas, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    names = dict(zip(shapes, schemas, strict=True))
    paths: dict[str, dict[str, object]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, names)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Sekisho", "version": __version__},
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
            },
        }
    )


def _shapes(routes: tuple[Route, ...]) -> list[type]:
    found: dict[type, None] = {}
    for route in routes:
        for shape in (route.body, *route.answers.values()):
            if shape is not None:
                found[shape] = None
    return list(found)


def _operation(route: Route, names: dict[type, dict[str, object]]) -> dict[str, object]:
    answers: dict[str, object] = {}
    for status, shape in route.answers.items():
        content = {"application/json": {"schema": names[shape]}} if shape else None
        answers[str(status)] = {
            "description": "Done.",
            **({"content": content} if content else {}),
        }
    for reason in route.refusals:
        answers.setdefault(str(reason.status), _refusal(route, reason.status, names[Problem]))
    operation: dict[str, object] = {
        "operationId": _operation_id(route),
        "summary": route.tells,
        "parameters": _parameters(route),
        "responses": answers,
    }
    if route.body is not None:
        content = {"application/json": {"schema": names[route.body]}}
        operation["requestBody"] = {"required": True, "content": content}
    if any(reason.value == "not_signed_in" for reason in route.refusals):
        operation["security"] = [{"session": []}]
    return operation


def _refusal(route: Route, status: int, problem: dict[str, object]) -> dict[str, object]:
    codes = [reason.value for reason in route.refusals if reason.status == status]
    return {
        "description": f"Refused: {', '.join(codes)}.",
        "content": {"application/problem+json": {"schema": problem}},
    }


def _operation_id(route: Route) -> str:
    plain = _PLACE.sub("one", route.path.removeprefix("/api/v1/"))
    return f"{route.method.lower()}_{re.sub(r'[^a-z]+', '_', plain)}"


def _parameters(route: Route) -> list[dict[str, object]]:
    places: list[dict[str, object]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PLACE.findall(route.path)
    ]
    asked: list[dict[str, object]] = [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
        for name in route.query
    ]
    is_flow = "{flow}" in route.path
    return [*places, *asked, *([_FLOW_HEADER] if is_flow else [])]
