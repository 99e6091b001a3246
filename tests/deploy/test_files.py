"""The files of deploy/ as the programs that read them judge them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
MANIFESTS = sorted(DEPLOY.glob("kubernetes/*.yaml"))


def program(name: str, package: str) -> str:
    """Return a program; without it the test is skipped, and under CI=true it fails."""
    found = shutil.which(name)
    if found:
        return found
    message = f"NOT TESTED: {name} is missing; install Debian's {package}"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.name)
def test_kubernetes_knows_every_field(manifest: Path) -> None:
    """A misspelt field is ignored by a lenient cluster, and found missing on the morning it is needed."""
    import kubernetes_validate  # noqa: PLC0415 - slow to import

    for document in yaml.safe_load_all(manifest.read_text("utf-8")):
        kubernetes_validate.validate(document, "1.31", strict=True)


def test_no_server_runs_as_root_or_with_more_than_it_needs() -> None:
    """Beside the sandbox of each worker; in every container of every deployment."""
    for manifest in MANIFESTS:
        for document in yaml.safe_load_all(manifest.read_text("utf-8")):
            if document["kind"] != "Deployment":
                continue
            pod = document["spec"]["template"]["spec"]
            assert pod["securityContext"]["runAsNonRoot"] is True
            for container in pod["initContainers"] + pod["containers"]:
                assert container["securityContext"]["allowPrivilegeEscalation"] is False
                assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize(
    "unit", sorted(DEPLOY.glob("*.service")) + sorted(DEPLOY.glob("*.timer")), ids=lambda p: p.name
)
def test_systemd_reads_every_line(unit: Path, tmp_path: Path) -> None:
    """With our own executable in place of the one that a server will have."""
    text = re.sub(r"/opt/weerglas\S*", "/bin/true", unit.read_text("utf-8")).replace(
        "User=weerglas", "User=root"
    )
    text = re.sub(r"WorkingDirectory=.*", "WorkingDirectory=/tmp", text)
    copy = tmp_path / unit.name
    copy.write_text(text, "utf-8")
    done = subprocess.run(
        [program("systemd-analyze", "systemd"), "verify", "--man=no", str(copy)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    complaints = [line for line in done.stderr.splitlines() if unit.name in line]
    assert complaints == []


def test_nothing_of_ours_is_logged_by_the_proxies() -> None:
    """An address says who asked when; both configurations keep no access log."""
    assert "access_log off;" in (DEPLOY / "nginx.conf").read_text("utf-8")
    assert not re.search(r"^\s*log\b", (DEPLOY / "Caddyfile").read_text("utf-8"), re.MULTILINE)
