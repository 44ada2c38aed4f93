"""docker-compose.yml against the Compose specification, the code and .env.template.

No Docker engine runs where this is developed: these tests are what stands in for one.
"""

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parents[3]
VARIABLE = re.compile(r"\$\{(\w+)(?:(:?[-?])([^}]*))?\}")
WITH_THE_DATABASE = {"api", "worker", "trainer", "scheduler", "migrate"}
WITH_THE_FILES = {"api", "worker", "scheduler"}
OF_THE_APP = WITH_THE_DATABASE | {"dash"}


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def compose(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


@pytest.fixture(scope="module")
def template() -> dict[str, str]:
    lines = (ROOT / ".env.template").read_text().splitlines()
    values = {}
    for line in lines:
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            values[name] = value
    return values


def test_it_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    # The specification's own schema, as the check-jsonschema package carries it.
    spec = find_spec("check_jsonschema")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = json.loads(path.read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(compose)] == []
    broken = {"services": {"api": {"imagee": "x"}}}
    assert list(validator.iter_errors(broken)), "the schema refuses nothing"


def test_it_has_the_topology_of_the_architecture(services: dict[str, Any]) -> None:
    assert set(services) == {"web-proxy", "postgres", "redis", "jupyter", "test"} | OF_THE_APP


def test_every_command_of_the_app_is_one_of_agelens(services: dict[str, Any]) -> None:
    from agelens.cli import cli

    for name in OF_THE_APP:
        program, command, *_ = services[name]["command"]
        assert program == "agelens"
        assert command in cli.commands, f"{name}: agelens has no command {command}"


def test_every_variable_is_in_the_template_and_the_other_way_round(
    text: str, template: dict[str, str]
) -> None:
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    assert {match[1] for match in VARIABLE.finditer(code)} == set(template)


def test_the_template_shows_the_defaults_and_no_secret(text: str, template: dict[str, str]) -> None:
    for match in VARIABLE.finditer(text):
        name, operator, default = match.groups()
        if operator == ":-":
            assert template[name] == default
        else:
            assert operator == ":?", f"{name} has neither a default nor a refusal"
            assert template[name] == "", f"{name} is a secret"


def test_every_setting_given_to_the_app_is_one_it_knows(services: dict[str, Any]) -> None:
    from agelens.settings import Settings, WebSettings, variable

    for service in OF_THE_APP:
        kind = WebSettings if service == "dash" else Settings
        known = {variable(kind, name) for name in kind.model_fields}
        given = set(services[service]["environment"])
        of_the_store = {name for name in given if name.startswith("AWS_")}
        assert given - of_the_store <= known
        assert bool(of_the_store) == (service in WITH_THE_FILES)
        assert services[service]["environment"]["AGELENS_ENV"] == "production"


def test_the_web_app_has_no_way_to_the_databases(services: dict[str, Any]) -> None:
    dash = services["dash"]
    assert dash["networks"] == ["edge"]
    assert "depends_on" not in dash  # it shows that the API is away, and goes on by itself
    assert not {"DATABASE_URL", "REDIS_URL"} & set(dash["environment"])
    assert "POSTGRES_PASSWORD" not in str(dash)
    assert dash["environment"]["AGELENS_URL"] == "http://api:8000"


def test_the_web_app_is_asked_for_its_own_health(services: dict[str, Any]) -> None:
    assert ":8050/healthz" in str(services["dash"]["healthcheck"]["test"])


def test_a_broken_web_app_does_not_keep_the_proxy_from_the_api(services: dict[str, Any]) -> None:
    waits = services["web-proxy"]["depends_on"]
    assert waits["dash"]["condition"] == "service_started"
    assert waits["api"]["condition"] == "service_healthy"


def test_everybody_behind_the_proxy_trusts_one_hop(services: dict[str, Any]) -> None:
    for name in ("api", "dash"):
        assert services[name]["environment"]["AGELENS_TRUSTED_PROXIES"] == 1


def test_services_wait_for_services_that_exist_and_can_say_they_are_ready(
    services: dict[str, Any],
) -> None:
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in services, f"{name} waits for {other}"
            if how["condition"] == "service_healthy":
                check = services[other].get("healthcheck", {})
                from_image = services[other].get("build", {}).get("target") == "app"
                assert check.get("test") or (from_image and not check.get("disable"))
    for name in WITH_THE_DATABASE - {"migrate"}:
        condition = services[name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"


def test_volumes_and_networks_are_declared(
    compose: dict[str, Any], template: dict[str, str]
) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = VARIABLE.sub(lambda match: template[match[1]], volume).split(":")[0]
            assert source in compose["volumes"]
        assert set(service["networks"]) <= set(compose["networks"])


def test_the_data_of_postgres_and_redis_outlive_their_containers(services: dict[str, Any]) -> None:
    assert services["postgres"]["image"].startswith("postgres:18")
    # Images since 18 keep each version's data below this folder; a mount deeper down is refused.
    assert services["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]
    assert services["redis"]["volumes"] == ["redis:/data"]
    command = services["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"


def test_who_works_on_the_files_of_cohorts_shares_them(
    services: dict[str, Any], template: dict[str, str]
) -> None:
    for name in OF_THE_APP:
        service = services[name]
        folders = [v.split(":")[1] for v in service.get("volumes", []) if v.startswith("storage:")]
        assert folders == ([template["AGELENS_STORAGE"]] if name in WITH_THE_FILES else [])
        if name in WITH_THE_FILES:
            assert service["environment"]["AGELENS_STORAGE"].startswith("${AGELENS_STORAGE:-")
            # without a value: an empty one would be taken for a key or an address
            assert service["environment"]["AWS_ENDPOINT_URL"] is None


def test_the_image_can_use_a_folder_or_an_object_store(template: dict[str, str]) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    lock = (ROOT / "requirements-app.lock").read_text()
    assert re.search("^s3fs==", lock, re.MULTILINE)
    # a new volume takes its owner from the image's folder, and the app is not root
    folder = template["AGELENS_STORAGE"]
    assert f"install --directory --owner agelens --group agelens {folder}\n" in dockerfile


def test_workers_can_be_scaled(services: dict[str, Any]) -> None:
    for name in ("worker", "trainer", "api", "dash"):
        assert not {"container_name", "ports", "hostname"} & set(services[name])


def test_the_trainer_reads_its_data_and_gives_back_what_it_holds(services: dict[str, Any]) -> None:
    from agelens.queueing.queue import TRAINING
    from agelens.queueing.worker import STOP_NOW

    trainer = services["trainer"]
    assert trainer["command"][1:] == ["worker", TRAINING]
    assert trainer["stop_signal"] == STOP_NOW.name
    assert trainer["restart"] == "unless-stopped"
    (volume,) = trainer["volumes"]
    assert volume.endswith(f":{trainer['environment']['AGELENS_TRAINING_DATA']}:ro")


def test_only_the_proxy_is_reachable_from_other_hosts(
    compose: dict[str, Any], services: dict[str, Any]
) -> None:
    published = {name: s["ports"] for name, s in services.items() if "ports" in s}
    assert set(published) == {"web-proxy", "jupyter"}
    assert all(port.startswith("127.0.0.1:") for port in published["jupyter"])
    assert compose["networks"]["data"]["internal"] is True
    assert services["postgres"]["networks"] == services["redis"]["networks"] == ["data"]
    assert services["web-proxy"]["networks"] == ["edge"]


def test_the_proxy_has_every_file_that_its_configuration_names() -> None:
    folder = ROOT / "deploy" / "nginx"
    stage = (ROOT / "Dockerfile").read_text().split(" AS web-proxy\n")[1]
    copied = set(re.findall(r"deploy/nginx/(\S+)", stage))
    assert copied == {path.name for path in folder.iterdir()}


def test_jupyter_has_the_api_and_a_token_to_ask_for_and_nothing_else(
    services: dict[str, Any], template: dict[str, str]
) -> None:
    from agelens.settings import LabSettings, variable

    jupyter = services["jupyter"]
    assert jupyter["profiles"] == ["jupyter"]  # who does not ask for it, does not run it
    assert jupyter["networks"] == ["edge"]
    environment = jupyter["environment"]
    known = {variable(LabSettings, name) for name in LabSettings.model_fields}
    assert set(environment) - known == {"JUPYTER_TOKEN"}
    assert environment["AGELENS_URL"] == services["dash"]["environment"]["AGELENS_URL"]
    assert VARIABLE.sub(lambda match: template[match[1]], environment["JUPYTER_TOKEN"]) == ""
    assert "token=" not in str(jupyter["command"])  # on the command line everybody could read it


def test_jupyter_listens_where_its_port_and_its_health_are_looked_for(
    services: dict[str, Any],
) -> None:
    jupyter = services["jupyter"]
    assert jupyter["command"][:2] == ["agelens", "lab"]
    assert {"--no-browser", "--ip=0.0.0.0", "--port=8888"} <= set(jupyter["command"])
    assert jupyter["ports"][0].endswith(":8888")
    assert ":8888/api'" in str(jupyter["healthcheck"]["test"])


def test_jupyter_keeps_its_account_and_what_people_write_in_a_volume(
    services: dict[str, Any],
) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    stage = dockerfile.split(" AS jupyter\n")[1].split("\nFROM ")[0]
    (volume,) = services["jupyter"]["volumes"]
    folder = volume.split(":")[1]
    assert f"COPY --chown=agelens:agelens notebooks {folder}/notebooks\n" in stage
    assert f"AGELENS_NOTEBOOKS={folder}/notebooks\n" in stage
    assert f"AGELENS_HOME={folder}/.agelens" in stage
