"""The API's answers in the language of the page: translated where they are read.

Files and code that people take with them are asked for in English: `with languages.in_language("en"): ...`.
"""

import json
from contextlib import suppress

import httpx
from agelens import languages
from agelens.languages import translated

JSON = ("application/json", "application/problem+json")


def translated_response(response: httpx.Response) -> httpx.Response:
    """An HTTP answer in the current language; files and what is not JSON are handed on as they come."""
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    is_file = "Content-Disposition" in response.headers
    if languages.language() == languages.SOURCE or kind not in JSON or is_file:
        return response
    content = response.read()
    response.close()
    with suppress(ValueError):  # the client says what is wrong with it
        content = json.dumps(translated(json.loads(content))).encode()
    kept = ("content-length", "content-encoding", "transfer-encoding")
    headers = [(name, value) for name, value in response.headers.items() if name not in kept]
    return httpx.Response(response.status_code, headers=headers, content=content)
