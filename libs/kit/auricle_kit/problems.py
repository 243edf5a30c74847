"""The one renderer of errors: `application/problem+json` (RFC 9457) with a stable code."""

from collections.abc import Sequence
from http import HTTPStatus

from auricle_contracts import Code, Problem
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from auricle_kit import log
from auricle_kit.errors import AuricleError

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 20
TYPE_PREFIX = "urn:auricle:problem:"
CODES_BY_STATUS = {
    401: Code.UNAUTHENTICATED,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.BODY_TOO_LARGE,
    415: Code.UNSUPPORTED_MEDIA_TYPE,
    429: Code.RATE_LIMITED,
}
logger = log.get("problems")


def render(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """The problem as a response."""
    return JSONResponse(
        problem.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        status_code=problem.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def of(
    code: Code, status: int, detail: str, action: str | None = None, errors: Sequence[dict[str, str]] = ()
) -> Problem:
    """A problem with its type and title filled in."""
    title = HTTPStatus(status).phrase
    return Problem(
        type=TYPE_PREFIX + code,
        title=title,
        status=status,
        code=code,
        detail=detail,
        action=action,
        errors=tuple(errors),
    )


def _printable(text: object) -> str:
    """Lone surrogates and NULs from hostile JSON would break the encoder of the answer."""
    return str(text).encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")[:500]


async def _auricle_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, AuricleError)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("request_failed", code=error.code, detail=error.detail)
    errors = [{name: _printable(told) for name, told in one.items()} for one in error.errors[:MOST_ERRORS]]
    return render(of(error.code, error.status, _printable(error.detail), error.action, errors), error.headers)


async def _validation_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"at": _printable(".".join(map(str, one["loc"]))), "problem": _printable(one["msg"])}
        for one in error.errors()[:MOST_ERRORS]
    ]
    detail = f"{len(error.errors())} field(s) of the request are wrong"
    return render(
        of(Code.INVALID_REQUEST, 422, detail, "Correct the fields listed in errors and send it again.", errors)
    )


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = CODES_BY_STATUS.get(error.status_code, Code.INVALID_REQUEST if error.status_code < 500 else Code.INTERNAL)
    return render(of(code, error.status_code, _printable(error.detail)), dict(error.headers or {}))


async def crashed(_: Request, error: Exception) -> Response:
    """A fault of our own: its trace is logged, and nothing of it is told."""
    logger.error("request_crashed", error_type=type(error).__name__, exc_info=error)
    return render(of(Code.INTERNAL, 500, "an unexpected error; the log has it under the trace id"))


def install(app: FastAPI) -> None:
    """Make every error of this app a problem."""
    app.add_exception_handler(AuricleError, _auricle_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, crashed)
