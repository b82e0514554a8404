"""What schemathesis must know of the mock: which failures are excused, and by which row.

Every check runs as it is. When one fails, the answer is held against the document: if it is the
refusal that an entry of exceptions.toml names, the failure is excused and the entry counts as used.
Everything else stays a failure. Codes that a person would read come from the control listener.
"""

import atexit
import collections
import functools
import json
import os
import tomllib
import urllib.request
from pathlib import Path

import jsonschema_rs
import schemathesis
from schemathesis.checks import CHECKS, is_check_class, load_all_checks
from schemathesis.core.failures import Failure, FailureGroup

HERE = Path(__file__).parent
EXCEPTIONS = tomllib.loads((HERE / "exceptions.toml").read_text())["exception"]
CONTROL = os.environ["FUZZ_CONTROL"]
# Which member holds the code that the mock sent to the person.
CODES = {"confirm-email": ("token", "email"), "verify-phone": ("code", "sms")}
FORMS = json.loads(os.environ["FUZZ_FORMS"])
MERCHANT = int(os.environ["FUZZ_MERCHANT"])
TALLY = Path(os.environ["FUZZ_TALLY"])
checks = 0
excused = collections.Counter()
found = collections.Counter()
made = set()


def excusing(check):
    @functools.wraps(check)
    def checked(ctx, response, case):
        global checks
        checks += 1
        try:
            return check(ctx, response, case)
        except (Failure, FailureGroup):
            if is_excused(check.__name__, response, case):
                return None
            refusal = " or ".join(sorted(refusal_of(response, case))) or response.status_code
            found[f"{check.__name__} of {call_of(case)}: {refusal}"] += 1
            raise
        finally:
            remember(response, case)

    return checked


def is_excused(check, response, case):
    refusal = refusal_of(response, case)
    for number, entry in enumerate(EXCEPTIONS):
        if (
            entry["check"] == check
            and call_of(case) in entry["calls"]
            and entry["problem"] in refusal
            and response.request.method in entry.get("methods", [response.request.method])
            and not (entry.get("stranger") and users_of(case) & made)
            and keys_of(response) <= set(entry.get("keys", keys_of(response)))
        ):
            excused[f"{number} {call_of(case)}"] += 1
            return True
    return False


def call_of(case):
    return case.operation.definition.raw["operationId"].removesuffix("-by-post")


def refusal_of(response, case):
    """The names of the refusals that the document has for this very answer."""
    document = case.operation.schema.raw_schema
    status = str(response.status_code)
    own = case.operation.definition.raw["responses"].get(status, {})
    other = document["x-any-other-path"]["responses"].get(status, {})
    rows = [row for row in own.get("x-rows", []) + other.get("x-rows", []) if "x-problem" in row]
    if not response.content:
        return {row["x-problem"] for row in rows if not row["body"]}
    if response.headers.get("content-type", [""])[0].startswith("text/html"):
        return {row["x-problem"] for row in rows if "text/html" in own.get("content", {})}
    body = body_of(response)
    schemas = document["components"]["schemas"].values()
    fits = {schema["x-problem"] for schema in schemas if jsonschema_rs.is_valid(schema, body)}
    return fits & {row["x-problem"] for row in rows}


def body_of(response):
    try:
        return json.loads(response.content)
    except ValueError:
        return None


def keys_of(response):
    """The fields that a refusal names."""
    body = body_of(response)
    errors = body.get("errors") if isinstance(body, dict) else None
    return set(errors) if isinstance(errors, dict) else set()


def remember(response, case):
    if call_of(case) == "create-user" and response.status_code in (200, 201):
        made.add(json.loads(response.content)["id"])


def users_of(case):
    """The users that a request names."""
    parts = [part for part in (case.path_parameters, case.body) if isinstance(part, dict)]
    names = {part.get(name) for part in parts for name in ("id", "userId") if name in part}
    return {int(name) for name in names if str(name).isdecimal()}


@schemathesis.deserializer("text/html")
def page(ctx, response):
    return response.content.decode()


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Well-formed requests only: what is wrong on purpose stays as it is."""
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    case.body = whole(case.body)
    # The coverage phase keeps its invented merchants, clients and codes, which are refused.
    if case.meta.phase.name.value in ("fuzzing", "stateful") and isinstance(case.body, dict):
        case.body.update(known_to_the_mock(case))


def known_to_the_mock(case):
    """What nobody can invent: the merchant, its credentials, and the codes sent to the person."""
    if case.operation.path in FORMS:
        return FORMS[case.operation.path]
    if "merchantId" in case.body:
        # Most users get a mail, so that there is a code to confirm.
        named = {"email": f"person{len(made)}@example.org"} if not case.body.get("email") else {}
        return {"merchantId": MERCHANT, **named}
    member, channel = CODES.get(call_of(case), (None, None))
    code = member and code_of(case.body.get("id"), channel)
    return {member: code} if code else {}


def whole(value):
    """98.0 is an integer to JSON Schema; the server's JSON library refuses it (malformed-json)."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {name: whole(item) for name, item in value.items()}
    return value


def code_of(user, channel):
    if not isinstance(user, int) or not 0 < user < 2**31:
        return None
    url = f"{CONTROL}/v1/messages?userId={user}&channel={channel}&limit=1"
    with urllib.request.urlopen(url) as answer:
        messages = json.load(answer)["messages"]
    return messages[0]["code"] if messages else None


@atexit.register
def tell():
    TALLY.write_text(json.dumps({"checks": checks, "excused": excused, "found": found}))


load_all_checks()
for known in CHECKS.get_all():
    if not is_check_class(known):
        CHECKS.register(excusing(known))
