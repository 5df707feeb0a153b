"""TLS settings of the dbt profile reach both clients: psycopg, and DuckDB, which compares."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.tls_proxy import tls_proxy
from onerow.errors import ComparisonFailed, ConnectionFailed
from onerow.project.project import Project
from onerow.reconcile.engine import engine
from onerow.reconcile.request import Means

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the certificates are made by openssl")

_PARAMETERS = ("-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2")


def make_certificate(folder: Path, name: str, signed_by: str | None = None) -> None:
    """Make a key and a certificate for a name, signed by another one or by itself."""
    signer = ["-CA", folder / f"{signed_by}.crt", "-CAkey", folder / f"{signed_by}.key"] if signed_by else []
    named = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    files = ["-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt"]
    made = ["openssl", "req", "-x509", *_PARAMETERS, *named, *signer, *files]
    subprocess.run(made, check=True, capture_output=True)
    (folder / f"{name}.key").chmod(0o600)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A folder with a root, another root, and certificates that the first has signed: localhost's and onerow's."""
    folder = tmp_path_factory.mktemp("certificates")
    for name, signed_by in (("root", None), ("another", None), ("localhost", "root"), ("onerow", "root")):
        make_certificate(folder, name, signed_by)
    return folder


@pytest.fixture(scope="module")
def proxy(server, certificates):
    """Where the server is reached by TLS alone, and by no client without a certificate."""
    files = {"certificate": "localhost.crt", "key": "localhost.key", "root": "root.crt"}
    with tls_proxy(server.login.port, **{name: certificates / file for name, file in files.items()}) as proxy:
        yield proxy


@pytest.fixture
def project_with(server, certificates, proxy, tmp_path):
    """Make a project whose profile has the settings that reach the server, but for those given."""

    def make(**other: str | None) -> Project:
        files = {"sslrootcert": "root.crt", "sslcert": "onerow.crt", "sslkey": "onerow.key"}
        tls = {"sslmode": "verify-full", **{name: str(certificates / file) for name, file in files.items()}}
        given = {name: value for name, value in {**tls, **other}.items() if value is not None}
        login = {**vars(server.login), "host": "localhost", "port": proxy.port}
        output = {"type": "postgres", "schema": "marts", "threads": 1, **login, **given}
        (tmp_path / "profiles.yml").write_text(json.dumps({"p": {"target": "t", "outputs": {"t": output}}}))
        (tmp_path / "dbt_project.yml").write_text("{name: p, profile: p}")
        return Project(tmp_path, tmp_path)

    return make


def by_psycopg(project: Project) -> object:
    with project.connect(catalog_only=True) as connection:
        return connection.execute("select 7").fetchone()[0]


def by_duckdb(project: Project) -> object:
    with engine(Means()) as opened:
        opened.attach("side", project.credentials, "30s")
        return opened.run("side", "select * from postgres_query('side', 'select 7')")[0][0]


@pytest.mark.parametrize("client", [by_psycopg, by_duckdb])
def test_each_client_has_the_settings_of_the_profile(project_with, proxy, client):
    """Guards: `tls` in Project.connect, _TLS in engine.py."""
    proxy.clients.clear()
    assert client(project_with()) == 7
    assert set(proxy.clients) == {"onerow"}


@pytest.mark.parametrize("client", [by_psycopg, by_duckdb])
@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"sslmode": "disable"}, "closed the connection"),
        ({"sslcert": None, "sslkey": None}, "handshake failure|certificate required"),
        ({"sslrootcert": "another.crt"}, "certificate verify failed"),
        ({"host": "127.0.0.1"}, "does not match host name"),
    ],
    ids=["no TLS", "no client certificate", "another root", "another host"],
)
def test_what_does_not_fit_is_refused_and_says_so(project_with, certificates, client, other, reason):
    """So none of the settings is lost on the way."""
    if "sslrootcert" in other:
        other = {"sslrootcert": str(certificates / other["sslrootcert"])}
    with pytest.raises((ConnectionFailed, ComparisonFailed), match=reason):
        client(project_with(**other))
