"""The alert rules speak about metrics that exist and runbooks that can be read."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from gateway.telemetry.metrics import Metrics

ROOT = Path(__file__).parents[2]
RULES = ROOT / "etc" / "prometheus-rules.yml"
FIGURES = Path(__file__).with_name("alerts.yml")
OPERATIONS = ROOT / "docs" / "operations.md"


def known() -> set[str]:
    registry = CollectorRegistry()
    Metrics(registry)
    names = set()
    for metric in registry.collect():
        names |= {metric.name, f"{metric.name}_total"}
        if metric.type == "histogram":
            names |= {f"{metric.name}_{part}" for part in ("bucket", "sum", "count")}
    return names


def anchors() -> set[str]:
    titles = re.findall(r"^#+ (.+)$", OPERATIONS.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_metric_in_a_rule_exists() -> None:
    named = set(re.findall(r"\brelevo_\w+", RULES.read_text()))
    assert named
    assert named <= known()


def test_every_metric_in_the_operations_page_exists() -> None:
    named = set(re.findall(r"\brelevo_[a-z_]+\b", OPERATIONS.read_text()))
    assert named
    assert named <= known()


def test_every_alert_points_to_a_runbook_that_exists() -> None:
    text = RULES.read_text()
    alerts = re.findall(r"- alert: (\w+)", text)
    runbooks = re.findall(r"runbook: docs/operations\.md#([\w-]+)", text)
    assert len(alerts) == len(set(alerts)) == len(runbooks)
    assert set(runbooks) <= anchors()


def promtool(what: str, file: Path) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed (Debian package prometheus)")
    done = subprocess.run(  # noqa: S603 - a tool of ours
        [program, what, "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_rules() -> None:
    promtool("check", RULES)


def test_alerts_are_told_when_they_should_be_and_only_then() -> None:
    promtool("test", FIGURES)
