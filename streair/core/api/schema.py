"""How endpoints are described in OpenAPI: their errors in one line, and what all have in common."""

from __future__ import annotations

import http
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework.permissions import AllowAny, IsAuthenticatedOrReadOnly

from streair.core.codes import CODES

Schema = dict[str, Any]

ERROR_REF = "#/components/schemas/Error"
_SAFE = {"GET", "HEAD"}

# The code that an error of this status has when nothing else is said about it.
_GENERAL = {
    400: "malformed",
    401: "sign-in-first",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    408: "too-slow",
    409: "conflict",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "too-fast",
    500: "internal-error",
    503: "unavailable",
}


def errors(*which: int | str) -> dict[int, OpenApiResponse]:
    """Return the responses for errors, by status or by code, for `@extend_schema(responses=…)`.

        responses={200: RoomOut, **errors("room-not-found", 409)}

    What every endpoint may answer (401, 403, 404, 429 …) need not be named.
    """
    codes: dict[int, list[str]] = {}
    for item in which:
        code = _GENERAL[item] if isinstance(item, int) else item
        codes.setdefault(CODES[code].status, []).append(code)
    return {status: _response(found) for status, found in sorted(codes.items())}


class EndpointSchema(AutoSchema):
    """Describes an endpoint, and what the frame around it adds (`streair.core.api.views`)."""

    def get_auth(self) -> list[Schema]:
        """Return by what one may be signed in; nothing (`{}`) where nobody has to be."""
        if not self.view.authentication_classes:
            return []
        ways: list[Schema] = [{"bearerAuth": []}, {"cookieAuth": []}]
        return [*ways, {}] if self._is_open() else ways

    def get_summary(self) -> str | None:
        """Return the first line of what the endpoint says about itself, unless it names a summary."""
        line: str = (super().get_summary() or self.get_description() or "").partition("\n")[0]
        return line.rstrip(".") or None

    def get_operation(self, *args: Any, **kwargs: Any) -> Schema | None:
        """Return the operation, with the answers and headers that every endpoint has."""
        operation: Schema | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        responses = operation["responses"]
        reads = "requestBody" in operation or any(
            parameter["in"] == "query" for parameter in operation.get("parameters", [])
        )
        for status in self._common(reads=reads, has_body="requestBody" in operation):
            responses.setdefault(str(status), as_json(_response([_GENERAL[status]])))
        operation["responses"] = dict(sorted(responses.items()))
        for status, response in operation["responses"].items():
            response["headers"] = {**_headers(int(status)), **response.get("headers", {})}
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        if names & {"cursor", "before"}:  # Places in a list.
            responses["200"]["headers"]["Link"] = _header("Link")
        self._tell_scope(operation)
        return operation

    def _get_request_body(self, *args: Any, **kwargs: Any) -> Any:
        """Return the body; ours may have one with DELETE, too, which OpenAPI 3.1 allows and the base leaves out."""
        method = self.method
        if method == "DELETE" and self.get_request_serializer() is not None:
            self.method = "POST"
        try:
            return super()._get_request_body(*args, **kwargs)  # type: ignore[no-untyped-call]
        finally:
            self.method = method

    def _get_response_bodies(self, *args: Any, **kwargs: Any) -> Schema:
        """Return the answers; the base thinks that DELETE never has anything to say."""
        found = self.get_response_serializers()
        if self.method == "DELETE" and found is not None and not isinstance(found, dict):
            return {"200": self._get_response_for_code(found, "200")}  # type: ignore[no-untyped-call]
        bodies: Schema = super()._get_response_bodies(*args, **kwargs)
        return bodies

    def get_request_serializer(self) -> Any:
        """Return what `@extend_schema` names; nothing is guessed."""
        return None

    def get_response_serializers(self) -> Any:
        """Return what `@extend_schema` names; nothing is guessed."""
        return None

    def _common(self, *, reads: bool, has_body: bool) -> list[int]:
        common = [400, 404, 408, 413, 429, 500, 503]
        if self.view.authentication_classes:
            common += [401, 403]
        common += [422] if reads else []
        common += [415] if has_body else []
        return common

    def _is_open(self) -> bool:
        kinds = [type(permission) for permission in self.view.get_permissions()]
        if self.method in _SAFE and IsAuthenticatedOrReadOnly in kinds:
            return True
        return kinds == [AllowAny] or not kinds

    def _tell_scope(self, operation: Schema) -> None:
        scopes = getattr(self.view, "scopes", {})
        if not self.view.authentication_classes:
            return
        if self.method not in scopes:
            sentence = "Not for personal access tokens."
        elif scopes[self.method] is None:
            return
        else:
            operation["x-scope"] = str(scopes[self.method])
            sentence = f"A personal access token needs the scope `{scopes[self.method]}`."
        operation["description"] = f"{operation.get('description', '')}\n\n{sentence}".strip()


def as_json(response: OpenApiResponse) -> Schema:
    """Return `response` as it stands in the document."""
    return {
        "content": {"application/json": {"schema": response.response}},
        "description": response.description,
    }


def _response(codes: list[str]) -> OpenApiResponse:
    phrase = http.HTTPStatus(CODES[codes[0]].status).phrase
    lines = "\n".join(f"- `{code}`: {CODES[code].meaning}" for code in codes)
    return OpenApiResponse(response={"$ref": ERROR_REF}, description=f"{phrase}\n\n{lines}")


def _headers(status: int) -> Schema:
    names = ["X-Request-ID"]
    names += ["RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
    if status in {429, 503}:
        names.append("Retry-After")
    if status == 401:
        names.append("WWW-Authenticate")
    return {name: _header(name) for name in names}


def _header(name: str) -> Schema:
    return {"$ref": f"#/components/headers/{name}"}
