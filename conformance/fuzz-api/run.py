"""Lets schemathesis look for what the mock and its own OpenAPI documents do not agree on.

For each edition: start the mock on free ports, fetch a token as the merchant does, run every check
in every phase against the document that the mock serves, stop the mock. It ends with 1 if anything
was found, 0 otherwise. Reports stay in the folder. `make fuzz-api` calls it.
"""

import base64
import hashlib
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCOPE = "Tenn.CRM IdentityServerApi"
COLUMNS = ["edition", "operations", "cases", "checks", "excused", "failures", "scenarios", "links"]
PATIENCE = 30


def main(server, schemathesis, out, editions):
    rows = [fuzz(edition, server, schemathesis, Path(out) / edition) for edition in editions]
    unused = unused_exceptions(rows)
    print(table(rows))
    for row in rows:
        for what, count in row["found"].items():
            print(f"{row['edition']}: {what} ({count} times)")
    for entry in unused:
        print(f"excused nothing this time: {entry}")
    return 1 if any(row["exit"] or row["checks"] == 0 for row in rows) else 0


def fuzz(edition, server, schemathesis, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.*json"):
        old.unlink()
    with open(folder / "server.log", "w") as log:
        mock = start(edition, server, folder, log)
        try:
            ready = wait(mock, folder / "ready.json")
            document = f"{ready['control']}/openapi/{edition}.json?readings=current"
            forms = token_forms(ready, document)
            env = {**os.environ, **settings(ready, forms, token(ready, forms), folder)}
            config = HERE / "schemathesis.toml"
            command = [schemathesis, "--config-file", config, "run", document, "--no-color"]
            command += ["--report", "json,ndjson", "--report-json-path", folder / "report.json"]
            command += ["--report-ndjson-path", folder / "events.ndjson"]
            print(f"== {edition}", flush=True)
            ended = subprocess.run(command, env=env, cwd=folder)
        finally:
            stop(mock)
    return summary(edition, folder, ended.returncode)


def start(edition, server, folder, log):
    (folder / "ready.json").unlink(missing_ok=True)
    command = [server, "serve", "--edition", edition, "--clock", "stepped", "--seed", "1"]
    command += ["--certs-dir", folder.parent / "certs", "--ready-file", folder / "ready.json"]
    for listener in ["api", "auth", "identity", "control"]:
        command += [f"--{listener}", "127.0.0.1:0"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)


def wait(mock, ready):
    until = time.monotonic() + PATIENCE
    while not ready.exists():
        if mock.poll() is not None or time.monotonic() > until:
            sys.exit(f"the mock did not start; see {ready.parent / 'server.log'}")
        time.sleep(0.05)
    return json.loads(ready.read_text())


def stop(mock):
    mock.terminate()
    try:
        mock.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        mock.kill()
        mock.wait()


def token_forms(ready, document):
    """Per path, the form with which the merchant gets a token."""
    with urllib.request.urlopen(document) as answer:
        paths = json.load(answer)["paths"]
    common = {"client_id": ready["client_id"], "scope": SCOPE}
    person = {"username": ready["username"], "password": ready["password"]}
    certificate = {"IdentityServer:MTLS:X509Certificate": thumbprint(ready["client_cert"])}
    forms = {
        "/connect/mtls/token": {**common, **certificate, "grant_type": "client_credentials"},
        "/connect/token": {
            **common,
            **person,
            "grant_type": "password",
            "client_secret": ready["client_secret"],
        },
    }
    return {path: form for path, form in forms.items() if path in paths}


def thumbprint(chain):
    first = Path(chain).read_text().split("-----END")[0].split("CERTIFICATE-----")[1]
    return hashlib.sha1(base64.b64decode(first)).hexdigest().upper()


def token(ready, forms):
    path, form = next(iter(forms.items()))
    trust = ssl.create_default_context(cafile=ready["ca"])
    trust.load_cert_chain(ready["client_cert"], ready["client_key"])
    body = urllib.parse.urlencode(form).encode()
    try:
        with urllib.request.urlopen(ready["auth"] + path, body, context=trust) as answer:
            return json.load(answer)["access_token"]
    except urllib.error.HTTPError as refused:
        sys.exit(f"no token from {path}: {refused.code} {refused.read().decode()}")


def settings(ready, forms, bearer, folder):
    return {
        "FUZZ_HOOKS": str(HERE / "hooks.py"),
        "FUZZ_CA": ready["ca"],
        "FUZZ_CLIENT_CERT": ready["client_cert"],
        "FUZZ_CLIENT_KEY": ready["client_key"],
        "FUZZ_CLIENT_ID": ready["client_id"],
        "FUZZ_CLIENT_SECRET": ready["client_secret"],
        "FUZZ_TOKEN": bearer,
        "FUZZ_FORMS": json.dumps(forms),
        "FUZZ_MERCHANT": str(ready["merchant_id"]),
        "FUZZ_CONTROL": ready["control"],
        "FUZZ_TALLY": str(folder / "tally.json"),
    }


def summary(edition, folder, ended):
    report = read(folder / "report.json")
    tally = read(folder / "tally.json")
    scenarios = links = 0
    events = folder / "events.ndjson"
    for line in events.open() if events.exists() else []:
        event = json.loads(line).get("ScenarioFinished", {})
        if event.get("phase") == "stateful":
            scenarios += 1
            cases = event.get("recorder", {}).get("cases", {}).values()
            links += sum(1 for case in cases if case.get("is_transition_applied"))
    cases = report.get("test_cases", {})
    return {
        "edition": edition,
        "operations": report.get("operations", {}).get("tested", 0),
        "cases": cases.get("generated", 0),
        "checks": tally.get("checks", 0),
        "excused": sum(tally.get("excused", {}).values()),
        "failures": cases.get("unique_failures", 0),
        "scenarios": scenarios,
        "links": links,
        "used": set(tally.get("excused", {})),
        "found": tally.get("found", {}),
        "exit": ended,
    }


def read(path):
    return json.loads(path.read_text()) if path.exists() else {}


def unused_exceptions(rows):
    entries = tomllib.loads((HERE / "exceptions.toml").read_text())["exception"]
    used = set().union(*(row["used"] for row in rows))
    unused = []
    for number, entry in enumerate(entries):
        calls = [call for call in entry["calls"] if f"{number} {call}" not in used]
        if calls:
            unused.append(f"{entry['check']} of {', '.join(calls)}: {entry['problem']}")
    return unused


def table(rows):
    lines = [COLUMNS] + [[str(row[name]) for name in COLUMNS] for row in rows]
    return "\n".join("  ".join(cell.rjust(10) for cell in line) for line in lines)


if __name__ == "__main__":
    # Whoever ends this run also ends the mock: `finally` needs an exception.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(*sys.argv[1:4], sys.argv[4:]))
