"""What the client sends, and what it makes of the answers."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from agelens import client as package
from agelens.client import Client, TaskCanceled, TaskFailed, Unauthenticated, WaitTimeout
from unit.client.stub import RESULT, TASK, TRANSACTION, Stub, client_of, problem

SUCCEEDED = TASK | {"status": "succeeded", "charged": 10, "result": RESULT}
FAILED = TASK | {"status": "failed", "error": {"code": "cannot_score", "message": "too little"}}


def test_everything_that_is_public_can_be_imported() -> None:
    assert package.__all__ == sorted(package.__all__)
    for name in package.__all__:
        assert getattr(package, name).__module__.startswith("agelens.client.")


def test_what_is_loaded_when_used_is_what_type_checkers_see() -> None:
    tree = ast.parse(Path(package.__file__).read_text())
    seen = {
        alias.name: str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("agelens.client.")
        for alias in node.names
    }
    homes = package._HOMES  # type: ignore[attr-defined]
    assert {name: f"agelens.client.{home}" for name, home in homes.items()} == seen
    assert seen.keys() == set(package.__all__)


def test_importing_it_needs_neither_server_nor_science() -> None:
    heavy = ["numpy", "pandas", "flask", "sqlalchemy", "redis", "rq", "pydantic"]
    heavy += ["agelens.domain", "agelens.clocks", "agelens.settings"]
    heavy += ["agelens.client.cards.parts", "asyncio", "cattrs", "tenacity"]  # slow to import
    code = f"import sys; from agelens.client import Client; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_address_and_token_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGELENS_URL", "http://elsewhere.test:1234/api/")
    monkeypatch.setenv("AGELENS_TOKEN", "agl_secret")
    stub = Stub(httpx.Response(200, json={"balance": 5, "held": 2, "available": 3}))
    client = Client(transport=httpx.MockTransport(stub))
    assert client.wallet.available == 3
    assert str(stub.requests[0].url) == "http://elsewhere.test:1234/api/wallet"
    assert stub.requests[0].headers["Authorization"] == "Bearer agl_secret"
    assert "secret" not in repr(client)


def test_a_login_is_used_and_a_logout_forgets_it() -> None:
    token = {"access_token": "agl_1", "token_type": "bearer", "expires_at": "2026-12-23T10:00:00Z"}
    stub = Stub(httpx.Response(200, json=token), problem(401, "unauthenticated"))
    client = client_of(stub)
    granted = client.login("a@b.example", "password")
    assert granted.expires_at == datetime(2026, 12, 23, 10, tzinfo=UTC)
    assert "agl_1" not in repr(granted)
    client.logout()  # the token had expired meanwhile
    assert stub.requests[1].headers["Authorization"] == "Bearer agl_1"
    with pytest.raises(package.Unauthenticated):
        client.me()
    assert "Authorization" not in stub.requests[2].headers


def test_only_what_was_given_is_sent() -> None:
    stub = Stub(httpx.Response(202, json={"task_id": "t1"}))
    client = client_of(stub)
    client.submit({"glucose": 5.4})
    client.submit({"glucose": 96}, units={"glucose": "mg/dL"}, model="m", chronological_age=40)
    full = {"answers": {"glucose": 96}, "units": {"glucose": "mg/dL"}, "model": "m"}
    assert stub.bodies() == [{"answers": {"glucose": 5.4}}, full | {"chronological_age": 40}]


def test_a_prediction_waits_on_the_service_and_reads_its_result() -> None:
    stub = Stub(
        httpx.Response(202, json={"task_id": "t1"}),
        httpx.Response(200, json=TASK),
        httpx.Response(200, json=SUCCEEDED | {"news": "of a later version"}),
    )
    result = client_of(stub).predict({"glucose": 5.4})
    assert float(stub.requests[1].url.params["wait"]) > 20
    assert (result.prediction, result.unit, result.base_value) == (51.0, "years", 53.5)
    assert result.interval is not None
    assert (result.interval.low, result.interval.high) == (42.0, 60.0)
    assert result.contributions[0].years == -2.5
    assert result.age_gap is not None
    assert result.age_gap.raw == 1.0
    assert result.missing == ("hearing_ability",)
    assert result.model.name == "kaggle-age"
    assert (result.task.id, result.task.charged) == ("t1", 10)


@pytest.mark.parametrize("wire", [{}, {"narrowing": None}, {"narrowing": []}])
def test_what_would_narrow_most_may_be_unknown(wire: dict[str, object]) -> None:
    task = SUCCEEDED | {"result": RESULT | wire}  # an older service does not tell at all
    result = client_of(Stub(httpx.Response(200, json=task))).wait("t1")
    assert result.narrowing == ()


def test_what_would_narrow_most_comes_first() -> None:
    told = {"feature": "crp", "label": "CRP", "width_now": 18.0, "width_expected": 12.5}
    task = SUCCEEDED | {"result": RESULT | {"narrowing": [told]}}
    result = client_of(Stub(httpx.Response(200, json=task))).wait("t1")
    assert result.narrowing == (package.Narrowing("crp", "CRP", 18.0, 12.5),)


@pytest.mark.parametrize(
    ("task", "kind", "words"),
    [
        (FAILED, TaskFailed, "too little"),
        (TASK | {"status": "canceled"}, TaskCanceled, "canceled"),
        (TASK, WaitTimeout, "still queued"),
        (TASK | {"status": "draft"}, WaitTimeout, "still draft"),
    ],
)
def test_a_task_without_a_result_says_why(
    task: dict[str, object], kind: type[package.TaskError], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        client_of(Stub(httpx.Response(200, json=task))).wait("t1", timeout=0.1)
    assert caught.value.task.id == "t1"


@pytest.mark.parametrize(
    "listed",
    [
        lambda client: client.wallet.transactions(),
        lambda client: client.admin.transactions(),
    ],
)
def test_lists_go_on_over_their_pages(listed: Callable[[Client], object]) -> None:
    def entry(name: str) -> dict[str, object]:
        return TRANSACTION | {"id": name}

    stub = Stub(
        httpx.Response(200, json={"items": [entry("a"), entry("b")], "next_cursor": "c1"}),
        httpx.Response(200, json={"items": [entry("c")], "next_cursor": None}),
    )
    found = listed(client_of(stub))
    assert stub.requests == []  # nothing is fetched before it is needed
    assert [each.id for each in found] == ["a", "b", "c"]  # type: ignore[attr-defined]
    assert "cursor" not in stub.requests[0].url.params
    assert stub.requests[1].url.params["cursor"] == "c1"


def test_names_from_people_stay_one_part_of_the_path() -> None:
    stub = Stub(httpx.Response(201, json=TRANSACTION))
    client_of(stub).admin.topup("a/b@c.example", 5)
    assert stub.requests[0].url.raw_path == b"/api/admin/wallets/a%2Fb%40c.example/topup"


def test_the_zip_of_a_bundle_is_the_same_each_time(tmp_path: Path) -> None:
    version = {
        "name": "m",
        "version": "1",
        "title": "",
        "unit": "years",
        "price": 1,
        "active": False,
        "default": False,
        "sha256": "",
        "created_at": "2026-11-23T10:00:00Z",
        "activated_at": None,
    }
    (tmp_path / "manifest.json").write_text("{}")
    stub = Stub(httpx.Response(201, json=version))
    client = client_of(stub)
    client.admin.publish(tmp_path)
    (tmp_path / "manifest.json").touch()
    client.admin.publish(str(tmp_path))
    first, second = stub.requests
    assert first.content == second.content
    assert first.headers["Content-Type"] == "application/zip"


@pytest.mark.parametrize("name", ["models", "cohorts", "tokens", "drafts", "admin", "trainings"])
def test_a_part_of_a_client_says_what_it_is_without_asking(name: str) -> None:
    stub = Stub()
    part = getattr(client_of(stub), name)
    assert repr(part) == f"<{type(part).__name__} of http://agelens.test>"
    assert stub.requests == []


def test_trainings_are_the_retrainings_of_administrators() -> None:
    stub = Stub(httpx.Response(200, json={"items": [], "next_cursor": None}))
    client = client_of(stub)
    assert (list(client.trainings.retrainings()), client.trainings.schedules()) == ([], [])
    paths = [request.url.path for request in stub.requests]
    assert paths == ["/api/admin/retrainings", "/api/admin/retrainings/schedules"]


@pytest.mark.parametrize(
    ("token", "words"), [("", "AGELENS_TOKEN gives it one"), ("old", "is it expired, or revoked?")]
)
def test_who_is_not_known_is_told_how_to_be(token: str, words: str) -> None:
    client = client_of(lambda _: problem(401, "unauthenticated"), token=token)
    with pytest.raises(Unauthenticated) as caught:
        client.me()
    assert words in "".join(caught.value.__notes__)


def test_a_wrong_password_has_nothing_to_do_with_tokens() -> None:
    client = client_of(lambda _: problem(401, "unauthenticated"), token="")
    with pytest.raises(Unauthenticated) as caught:
        client.login("ada@example.org", "wrong")
    assert not hasattr(caught.value, "__notes__")


def test_a_token_may_have_blanks_around_it_and_nothing_odd_in_it() -> None:
    stub = Stub(httpx.Response(200, json={"balance": 1, "held": 0, "available": 1}))
    assert client_of(stub, token=" abc\n").wallet.balance == 1
    assert stub.requests[0].headers["Authorization"] == "Bearer abc"
    for odd in ("abcé", "a b", "a\nb"):
        with pytest.raises(ValueError, match="characters that no token has"):
            client_of(stub, token=odd)


def test_a_day_is_sent_as_text_whatever_it_is_here() -> None:
    pandas = pytest.importorskip("pandas")
    stub = Stub(httpx.Response(202, json={"task_id": "t1"}))
    client = client_of(stub)
    moment = datetime(2026, 3, 31, 23, tzinfo=UTC)
    for day in ("2026-03-31", moment.date(), moment, pandas.Timestamp(moment)):
        client.submit({"glucose": 5.4}, measured_on=day)
    assert {body["measured_on"] for body in stub.bodies()} == {"2026-03-31"}
    with pytest.raises(TypeError, match="a day is a date"):
        client.submit({"glucose": 5.4}, measured_on=20260331)  # type: ignore[arg-type]


def test_a_profile_is_read_changed_and_shown() -> None:
    wire = {"sex": "female", "birth_date": "1974-02-11", "country": None}
    stub = Stub(httpx.Response(200, json=wire))
    client = client_of(stub)
    assert client.profile().birth_date == date(1974, 2, 11)
    client.profile.update(birth_date=date(1974, 2, 11), country=None)
    sent = stub.requests[1]
    assert (sent.method, sent.url.path) == ("PATCH", "/api/auth/me/profile")
    assert json.loads(sent.content) == {"birth_date": "1974-02-11", "country": None}
    html = client.profile._repr_html_()
    assert html is not None
    assert "1974-02-11" in html
