"""In a Spanish locale a command speaks Spanish: results, errors and remedies, but not what programs read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import embedded_aws as aws
from tests.cli.checkout import Checkout, lay_out
from tests.translation.english import english_lines

SPANISH = {"LC_ALL": "es_ES.UTF-8"}


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout in a Spanish locale, whose server is stopped at its end."""
    yield replace(lay_out(tmp_path), variables=SPANISH)
    aws.stop(tmp_path / ".mlproject" / "local")


def shown(checkout: Checkout, *arguments: str, code: int) -> str:
    done = checkout.run(*arguments)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stderr + done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chek"], "error: No existe la orden 'chek'. ¿Quería decir 'check'? Consulte mlproject --help."),
        (["demo", "--projct", "x"], "error: No existe la opción --projct (opciones posibles: --project)."),
        (["deploy"], "error: Falta el argumento 'project'."),
        (["deploy", "tiny"], "error: Falta la opción '--environment' / '-e'."),
        (["demo", "--project"], "error: La opción '--project' necesita un valor."),
        (["doctor", "--json=1"], "error: La opción '--json' no admite ningún valor."),
        (["run", "a", "b"], "error: Sobran argumentos (b)."),
        (["local", "up", "--port", "x"], "error: Valor no válido para '--port': debe ser un número entero."),
        (["--language", "fr", "check"], "error: Valor no válido para '--language': 'fr' no es uno de 'en', 'es'."),
        (["deploy", "tiny", "-e", "lokal"], "error: lokal: no existe ese entorno en environments.yaml. ¿Quería decir "),
        (["run"], "error: indique un proyecto y dónde está desplegado"),
        (["new", "x", "--stage", "foo"], "error: --stage foo: no existe esa etapa. Se admite: explore, develop,"),
        (["new", "x"], "error: Falta --owner y --cost-centre, y no hay terminal en el que preguntarlo."),
    ],
)
def test_a_wrong_call_is_explained(checkout: Checkout, arguments: list[str], message: str) -> None:
    text = shown(checkout, *arguments, code=2)
    assert message in text
    assert english_lines(text) == []


def test_the_option_after_the_command_comes_before_the_locale(checkout: Checkout) -> None:
    english = replace(checkout, variables={"LC_ALL": "en_US.UTF-8"})
    assert "no está en marcha" in shown(english, "local", "status", "--language", "es", code=3)
    assert "is not running" in shown(checkout, "local", "status", "--language=en", code=3)


@pytest.mark.parametrize("arguments", [["--language", "en", "local", "env"], ["local", "env", "--language=en"]])
def test_with_the_option_a_failing_env_still_fails_the_eval(checkout: Checkout, arguments: list[str]) -> None:
    done = checkout.run(*arguments)
    assert "is not running" in done.stderr
    assert done.stdout.endswith("false\n")


def test_the_life_of_the_embedded_aws_is_told(checkout: Checkout) -> None:
    texts = [shown(checkout, "local", *call, code=code) for call, code in ((["status"], 3), (["env"], 3), (["up"], 0))]
    texts += [shown(checkout, "local", call, code=0) for call in ("up", "status", "reset", "down", "down")]
    assert [text.splitlines()[0].partition(" en http")[0] for text in texts] == [
        "El AWS embebido no está en marcha. Para iniciarlo, ejecute `mlproject local up`.",
        "error: el AWS embebido no está en marcha. Para iniciarlo, ejecute `mlproject local up`.",
        "El AWS embebido está en marcha",
        "El AWS embebido ya estaba en marcha",
        "El AWS embebido está en marcha",
        "El AWS embebido está vacío y en marcha",
        "El AWS embebido se ha detenido.",
        "El AWS embebido no está en marcha.",
    ]
    assert english_lines(re.sub(r"^(unset|export|false).*$", "", "\n".join(texts), flags=re.MULTILINE)) == []


def test_the_machine_is_checked(checkout: Checkout) -> None:
    done = checkout.run("doctor")
    assert done.stdout.startswith(f"Esta máquina, para {checkout.root}:")
    assert re.search(r"disco: \d+,\d GB libres para el repositorio", done.stdout)
    # The system words its own errors.
    assert [line for line in english_lines(done.stdout) if "[Errno" not in line] == []


ERRORS = {
    "owner: ''": "owner: este valor está vacío. Se admite: un nombre o un correo, no vacío.",
    "ownr: x": "ownr: clave desconocida. ¿Quería decir owner? Se admite:",
    "storage: {noncurrent_days: many}": "storage.noncurrent_days: many se lee como texto. Se admite: días enteros,",
    "storage: {noncurrent_days: 0}": "storage.noncurrent_days: 0 no se admite. Se admite: días enteros, de 1 a 36500.",
    "cost_centre: 7": 'cost_centre: 7 se lee como un número, pero hace falta un texto. Póngalo entre comillas: "7". ',
    "pipeline: {folder: tini}": "pipeline.folder: pipelines/tini no existe. ¿Quería decir tiny? Se admite: tiny.",
    "notebooks: {a: {}}": "notebooks.a.instance_type: falta esta clave obligatoria. Se admite: un tipo de instancia",
    "notebooks: {a: {instance_type: ml.t3.medum}}": "ml.t3.medum no es un tipo de instancia de notebook conocido. ",
    "environments: {dve: {}}": "environments.dve: no existe ese entorno en environments.yaml. ¿Quería decir dev?",
    "operations: {emails: [team]}": "team no es una dirección de correo válida",
}


@pytest.mark.parametrize("written", ERRORS)
def test_the_errors_in_the_parameters_are_told(checkout: Checkout, written: str) -> None:
    path = checkout.root / "projects" / checkout.project / "project.yaml"
    key = written.partition(":")[0]
    kept = re.sub(rf"^{key}:.*\n(?:  .*\n)*", "", path.read_text(), flags=re.MULTILINE)
    path.write_text(f"{kept}{written}\n")
    text = shown(checkout, "check", code=2)
    assert ERRORS[written] in text
    assert english_lines(text) == []


def test_what_programs_read_stays_english(checkout: Checkout) -> None:
    path = checkout.root / "projects" / checkout.project / "project.yaml"
    path.write_text(path.read_text().replace("owner:", "ownr:"))
    found = json.loads(checkout.run("check", "--json").stdout)["findings"]
    assert ("unknown key", "owner") in [(each["message"], each["suggestion"]) for each in found]
    topics = [each["topic"] for each in json.loads(checkout.run("doctor", "--json").stdout)["outcomes"]]
    assert {"libraries", "disk", "memory", "ports"} <= set(topics)


def test_without_a_spanish_locale_a_command_speaks_english(checkout: Checkout) -> None:
    english = replace(checkout, variables={"LC_ALL": "C.UTF-8"})
    assert "is not running" in shown(english, "local", "status", code=3)
