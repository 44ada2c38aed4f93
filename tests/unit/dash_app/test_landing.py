"""What the first page says to whom."""

import json

from unit.dash_app.web_app import api, app_with, callback, problem


def test_an_erased_account_is_confirmed() -> None:
    def handle(request):  # type: ignore[no-untyped-def]
        return problem(404) if "models" in request.url.path else api()(request)

    def shown(search: str) -> str:
        return json.dumps(callback(app_with(handle).test_client(), "/", search).get_json())

    assert "Your account has been deleted" in shown("?goodbye=1")
    assert "Your account has been deleted" not in shown("")
