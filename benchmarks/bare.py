"""The bare framework: FastAPI giving bytes that it already has, as the small answers of ours are."""

import os
import sys
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response

from benchmarks.processes import serve_like_us

__all__ = ["BODY_VARIABLE", "PATH", "app"]

PATH: Final = "/mandate"
BODY_VARIABLE: Final = "BENCHMARK_BODY"


def app() -> FastAPI:
    """An app that gives the content of the file that `BENCHMARK_BODY` names."""
    body = Path(os.environ[BODY_VARIABLE]).read_bytes()
    bare = FastAPI(openapi_url=None)

    @bare.get(PATH)
    def mandate() -> Response:
        return Response(body, media_type="application/json")

    return bare


if __name__ == "__main__":
    # The server as it comes: what ours does with a connection is part of what is measured.
    serve_like_us("benchmarks.bare:app", int(sys.argv[1]), http="httptools")
