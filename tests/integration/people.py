"""People who use the API in tests, each with an account, a token and a wallet of their own."""

import secrets
from json import dumps
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"
# Well formed, and the id of nothing.
NO_ID = "00000000-0000-4000-8000-000000000000"
# Made up, inside every plausible range.
PANEL = {
    "sex": "female",
    "systolic_bp": 134,
    "diastolic_bp": 84,
    "total_cholesterol": 5.4,
    "bone_density": 0.9,
    "vision_sharpness": 0.5,
    "hearing_ability": 40,
}


def new_email() -> str:
    """An address that no test has used."""
    return f"{secrets.token_hex(8)}@example.org"


class Person:
    """Makes requests with a bearer token."""

    def __init__(self, http: FlaskClient, email: str, token: str = "") -> None:
        self.http = http
        self.email = email
        self.token = token

    def register(self) -> "Person":
        """Create the account."""
        self._credentials("register", 201)
        return self

    def log_in(self) -> "Person":
        """Fetch a token."""
        self.token = self._credentials("login", 200)["access_token"]
        return self

    def _credentials(self, what: str, expected: int) -> Any:
        body = {"email": self.email, "password": PASSWORD}
        response = self.http.post(f"/api/auth/{what}", json=body)
        assert response.status_code == expected, response.text
        return response.json

    def elsewhere(self) -> "Person":
        """The same person in another thread: Flask's test clients are not for sharing."""
        return Person(self.http.application.test_client(), self.email, self.token)

    def request(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        """Any request, with the token."""
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        if "json" in kwargs:  # not with the app's own serializer, which would refuse some
            kwargs |= {"data": dumps(kwargs.pop("json")), "content_type": "application/json"}
        return self.http.open(path, method=method, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        if json is not None:
            kwargs["json"] = json
        return self.request("POST", path, **kwargs)

    def patch(self, path: str, json: Any, **kwargs: Any) -> TestResponse:
        return self.request("PATCH", path, json=json, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self.request("DELETE", path, **kwargs)

    def predict(self, answers: dict[str, Any] | None = None, **members: Any) -> TestResponse:
        """Submit a panel."""
        body = {"answers": PANEL if answers is None else answers, **members}
        return self.post("/api/tasks/predict", body)

    def queued(self) -> str:
        """The id of a task that was just submitted."""
        response = self.predict()
        assert response.status_code == 202, response.text
        return str(response.json["task_id"])

    def draft(self, answers: dict[str, Any] | None = None, **members: Any) -> Any:
        """A draft that was just created."""
        body = {"answers": PANEL if answers is None else answers, **members}
        response = self.post("/api/tasks", body)
        assert response.status_code == 201, response.text
        return response.json

    def task(self, task_id: str) -> Any:
        """One of the person's tasks."""
        response = self.get(f"/api/tasks/{task_id}")
        assert response.status_code == 200, response.text
        return response.json

    def wallet(self) -> Any:
        """Balance, held, available."""
        return self.get("/api/wallet").json

    def transactions(self) -> Any:
        """The newest entries of the person's ledger."""
        return self.get("/api/wallet/transactions").json["items"]

    def id(self) -> str:
        """The person's user id."""
        return str(self.get("/api/auth/me").json["id"])
