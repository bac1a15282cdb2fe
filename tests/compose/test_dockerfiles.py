# SPDX-License-Identifier: Apache-2.0
"""The Dockerfiles keep their promises; no engine is needed. Each rule has a text that breaks it."""

import re
import tomllib
from pathlib import Path

import pytest

from ventanilla_local.services import SERVICES as PORTS

ROOT = Path(__file__).resolve().parents[2]
LABELS = ("title", "description", "licenses", "version", "revision")
SECRET = re.compile(r"^(ARG|ENV) .*(SECRET|PASSWORD|TOKEN|SIGNING|API_KEY)", re.MULTILINE)


def dockerfile(service: str) -> str:
    return (ROOT / "services" / service / "Dockerfile").read_text("utf-8")


def faults(text: str, service: str) -> list[str]:
    """What is wrong with a service's Dockerfile."""
    *stages, last = re.split(r"^FROM ", text, flags=re.MULTILINE)[1:] or [""]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    rules = {
        "builds where it runs": bool(stages) and re.search(r"\b(uv|pip|apt-get)\b", last) is None,
        "its base is not a parameter": text.count("FROM ${PYTHON_IMAGE}") == len(stages) + 1,
        "its libraries are not those of the lock": len(re.findall(r"uv sync (?!--frozen --no-dev )", text))
        == 0
        < text.count("uv sync"),
        "needs the source at run time": "--no-editable" in text,
        "runs as root": re.search(r"^USER [1-9]\d*:[1-9]\d*$", last, re.MULTILINE) is not None,
        "nobody knows whether it is alive": "HEALTHCHECK" in last and "/livez" in last,
        "has no role": f'ENTRYPOINT ["python", "-m", "{service}"]\nCMD ["serve"]' in last,
        "listens elsewhere": f"PORT={PORTS[service]}" in last and f"EXPOSE {PORTS[service]}\n" in last,
        "is not labelled": all(f"org.opencontainers.image.{label}=" in last for label in LABELS),
        "holds a secret": SECRET.search(text) is None,
        "copies more than it needs": all(_is_needed(source, service) for source in sources),
        "downloads by itself": re.search(r"^ADD |\bcurl\b|\bwget\b", text, re.MULTILINE) is None,
    }
    return [fault for fault, holds in rules.items() if not holds]


def _is_needed(source: str, service: str) -> bool:
    places = ("contracts", "services/chassis", f"services/{service}")
    return source in ("pyproject.toml", "uv.lock", *places, *(f"{place}/pyproject.toml" for place in places))


@pytest.mark.parametrize("service", PORTS)
def test_a_services_dockerfile_has_no_fault(service: str) -> None:
    assert faults(dockerfile(service), service) == []


BREAKS = [
    ("USER 10001:10001", "USER root", "runs as root"),
    ("USER 10001:10001", "USER 0:0", "runs as root"),
    ("WORKDIR /app", "RUN pip install rich", "builds where it runs"),
    ("FROM ${PYTHON_IMAGE}\n", "FROM python:latest\n", "its base is not a parameter"),
    ("uv sync --frozen --no-dev --no-editable", "uv sync --no-editable", "its libraries are not those of the lock"),
    (" --no-editable", "", "needs the source at run time"),
    ("HEALTHCHECK", "# no", "nobody knows whether it is alive"),
    ('CMD ["serve"]', "", "has no role"),
    ("EXPOSE 8102", "EXPOSE 80", "listens elsewhere"),
    ("image.revision", "image.other", "is not labelled"),
    ("ARG VERSION=dev", "ARG VERSION=dev\nENV SIGNING_KEYS=abc", "holds a secret"),
    ("COPY contracts contracts", "COPY . .", "copies more than it needs"),
    ("COPY contracts contracts", "COPY services/intake services/intake", "copies more than it needs"),
    ("WORKDIR /src", "WORKDIR /src\nADD https://example.org/x /x", "downloads by itself"),
]


@pytest.mark.parametrize(("good", "bad", "fault"), BREAKS)
def test_a_broken_rule_is_named(good: str, bad: str, fault: str) -> None:
    text = dockerfile("routing")
    assert good in text
    assert fault in faults(text.replace(good, bad), "routing")


def test_a_dockerfile_of_one_stage_is_a_fault() -> None:
    _, last = dockerfile("routing").rsplit("\nFROM ", 1)
    assert "builds where it runs" in faults("FROM " + last, "routing")


def test_the_five_differ_in_name_port_and_description_only() -> None:
    assert len({_without_its_own(dockerfile(service), service) for service in PORTS}) == 1


def test_another_difference_is_seen() -> None:
    changed = dockerfile("routing").replace("UV_LINK_MODE=copy ", "")
    assert _without_its_own(changed, "routing") != _without_its_own(dockerfile("intake"), "intake")


def _without_its_own(text: str, service: str) -> str:
    text = re.sub(r'(image\.description=)"[^"]+"', r"\1", text)
    return text.replace(service, "SERVICE").replace(str(PORTS[service]), "PORT")


def test_the_build_context_holds_only_what_is_named() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule for rule in rules if rule.startswith("!")} == {
        "!pyproject.toml",
        "!uv.lock",
        "!contracts",
        "!services",
    }


def test_what_a_wheel_takes_in_is_not_left_out_of_the_build_context() -> None:
    left_out = set((ROOT / ".dockerignore").read_text("utf-8").splitlines())
    contracts = tomllib.loads((ROOT / "contracts" / "pyproject.toml").read_text("utf-8"))
    taken_in = contracts["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert {f"contracts/{source}" for source in taken_in} & left_out == set()
    assert all((ROOT / "contracts" / source).is_dir() for source in taken_in)
