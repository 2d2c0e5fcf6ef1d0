"""The OpenAPI 3.1 document, made from the routes: their bodies, answers and refusals.

What no route can say of itself stands here: headers, the forms of query fields, and how one
answer leads to the next call.
"""

import re
from http import HTTPStatus

import msgspec

from sekisho import __version__
from sekisho.web.refusals import Problem
from sekisho.web.routing import Route

_PLACE = re.compile(r"\{(\w+)\}")
_REF = "#/components/schemas/{name}"
_TEXT = {"type": "string"}
_FLOW = "Sekisho-Flow"
_FLOW_HEADER = {
    "name": _FLOW,
    "in": "header",
    "required": True,
    "description": "The flow's secret.",
    "schema": _TEXT,
}
_DEVICE_HEADER = {
    "name": "Sekisho-Device",
    "in": "header",
    "required": False,
    "description": "The token that makes a browser familiar; it proves nothing.",
    "schema": _TEXT,
}
_LANGUAGE_HEADER = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "The language of `user_message` and of places and devices: en or ja.",
    "schema": _TEXT,
}
_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds, never earlier than `retry_at`.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}
_QUERY = {"limit": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}}
_SECURITY = {
    "session": {"type": "http", "scheme": "bearer"},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-sekisho_session",
        "description": "`sekisho_session` where the public URL is http. Writes need our own Origin"
        " and a form's token in `Sekisho-Form`.",
    },
}
_OPEN = {"post_flows"}  # needs a session for some purposes only
_ABOUT = (
    "Refusals are `application/problem+json` everywhere; the pages under `/problems/` tell what"
    " each code means. A method that a path does not have is 405 with `Allow`."
)
# How an answer leads on (Link Objects, OpenAPI 3.1 §4.8.20): by operation, then by status.
_ID, _SECRET = "$response.body#/id", "$response.body#/secret"
_SAME_FLOW = {"flow": "$request.path.flow", f"header.{_FLOW}": f"$request.header.{_FLOW}"}
_LINKS: dict[tuple[str, int], dict[str, object]] = {
    ("post_flows", 201): {
        "look": {
            "operationId": "get_flows_one",
            "parameters": {"flow": _ID, f"header.{_FLOW}": _SECRET},
        },
        "ask": {
            "operationId": "post_flows_one_challenges",
            "parameters": {"flow": _ID, f"header.{_FLOW}": _SECRET},
            "requestBody": {"option": "$response.body#/options/0/id"},
        },
    },
    ("post_flows_one_challenges", 201): {
        "answer": {
            "operationId": "post_flows_one_challenges_one_answer",
            "parameters": {**_SAME_FLOW, "challenge": _ID},
        },
        "look": {"operationId": "get_flows_one", "parameters": _SAME_FLOW},
    },
    ("get_contacts", 200): {
        "remove": {
            "operationId": "delete_contacts_one",
            "parameters": {"contact": "$response.body#/data/0/id"},
        },
    },
    ("post_contacts", 201): {
        "confirm": {
            "operationId": "post_contacts_one_confirm",
            "parameters": {"contact": _ID},
        },
        "send_again": {
            "operationId": "post_contacts_one_code",
            "parameters": {"contact": _ID},
        },
    },
    ("get_methods", 200): {
        "remove_method": {
            "operationId": "delete_methods_one",
            "parameters": {"method": "$response.body#/data/0/id"},
        },
        "rename_method": {
            "operationId": "patch_methods_one",
            "parameters": {"method": "$response.body#/data/0/id"},
        },
    },
    ("post_methods", 201): {
        "options_again": {
            "operationId": "get_methods_one_options",
            "parameters": {"method": _ID},
        },
        "confirm_method": {
            "operationId": "post_methods_one_confirm",
            "parameters": {"method": _ID},
        },
    },
    ("get_sessions", 200): {
        "end": {
            "operationId": "delete_sessions_one",
            "parameters": {"session": "$response.body#/data/0/id"},
        },
    },
    ("get_events", 200): {
        "older": {
            "operationId": "get_events",
            "parameters": {"query.after": "$response.body#/next"},
        },
    },
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
            "info": {"title": "Sekisho", "version": __version__, "description": _ABOUT},
            "paths": paths,
            "components": {"schemas": components, "securitySchemes": _SECURITY},
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
    answers: dict[str, object] = {
        str(status): _success(route, status, names[shape] if shape else None)
        for status, shape in route.answers.items()
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
        is_required = any(field.required for field in msgspec.structs.fields(route.body))
        operation["requestBody"] = {"required": is_required, "content": content}
    if any(reason.value == "not_signed_in" for reason in route.refusals):
        nobody: list[dict[str, list[str]]] = [{}] if operation["operationId"] in _OPEN else []
        operation["security"] = [*nobody, {"session": []}, {"cookie": []}]
    return operation


def _success(route: Route, status: int, schema: dict[str, object] | None) -> dict[str, object]:
    links = _LINKS.get((_operation_id(route), status))
    return {
        "description": "Done.",
        **({"content": {"application/json": {"schema": schema}}} if schema else {}),
        **({"links": links} if links else {}),
    }


def _refusal(route: Route, status: int, problem: dict[str, object]) -> dict[str, object]:
    codes = [reason.value for reason in route.refusals if reason.status == status]
    return {
        "description": f"Refused: {', '.join(codes)}.",
        "content": {"application/problem+json": {"schema": problem}},
        **({"headers": _RETRY_AFTER} if status == HTTPStatus.TOO_MANY_REQUESTS else {}),
    }


def _operation_id(route: Route) -> str:
    plain = _PLACE.sub("one", route.path.removeprefix("/api/v1/"))
    return f"{route.method.lower()}_{re.sub(r'[^a-z]+', '_', plain)}"


def _parameters(route: Route) -> list[dict[str, object]]:
    places: list[dict[str, object]] = [
        {"name": name, "in": "path", "required": True, "schema": _TEXT}
        for name in _PLACE.findall(route.path)
    ]
    asked: list[dict[str, object]] = [
        {"name": name, "in": "query", "required": False, "schema": _QUERY.get(name, _TEXT)}
        for name in route.query
    ]
    flow = [_FLOW_HEADER, _DEVICE_HEADER] if "{flow}" in route.path else []
    return [*places, *asked, *flow, _LANGUAGE_HEADER]
