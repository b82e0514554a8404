"""The smallest merchant web app: one customer goes through the whole onboarding in a browser.

It needs Python's standard library and the ready file of the mock, nothing else:

    mock-server serve --ready-file out/ready.json
    python3 examples/merchant-app/app.py out/ready.json 9000

Then open http://127.0.0.1:9000. The codes are in the inbox of the mock.
"""

import base64
import hashlib
import html
import http.server
import json
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

READY = {}
CUSTOMER = {}
DONE = "DOCUMENT_SIGN_SUCCESS"
TO_SIGN = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED"


class Refused(Exception):
    """The provider said no; what it said is shown to the customer."""


def tls():
    context = ssl.create_default_context(cafile=READY["ca"])
    context.load_cert_chain(READY["client_cert"], READY["client_key"])
    return context


def send(method, url, body=None, headers=None):
    request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    context = tls() if url.startswith("https:") else None
    try:
        with urllib.request.urlopen(request, timeout=30, context=context) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise Refused(f"{error.code} {error.read().decode(errors='replace')}") from error
    return json.loads(text) if text else None


def token():
    with open(READY["client_cert"], encoding="ascii") as file:
        pem = file.read().split("-----BEGIN CERTIFICATE-----")[1]
    der = base64.b64decode(pem.split("-----END CERTIFICATE-----")[0])
    form = {
        "grant_type": "client_credentials",
        "client_id": READY["client_id"],
        "scope": "Tenn.CRM IdentityServerApi",
        "IdentityServer:MTLS:X509Certificate": hashlib.sha1(der).hexdigest().upper(),
    }
    body = urllib.parse.urlencode(form).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return send("POST", READY["auth"] + "/connect/mtls/token", body, kind)["access_token"]


def call(method, path, body=None):
    if "token" not in CUSTOMER:
        CUSTOMER["token"] = token()
    headers = {"Authorization": "Bearer " + CUSTOMER["token"], "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    return send(method, READY["api"] + path, data, headers)


def start(form):
    CUSTOMER.clear()
    CUSTOMER.update(language=form["language"], phone=form["phone"])
    user = {"merchantId": READY["merchant_id"], "email": form["email"]}
    CUSTOMER["id"] = call("POST", "/User", user)["id"]
    return "/email"


def email(form):
    call("POST", "/User/email/confirm", {"id": CUSTOMER["id"], "token": form["code"]})
    phone = {"id": CUSTOMER["id"], "phoneNumber": CUSTOMER["phone"]}
    call("POST", "/User/phone-number/send-code", phone)
    return "/phone"


def phone(form):
    call("POST", "/User/phone-number/verify", {"id": CUSTOMER["id"], "code": form["code"]})
    if asks_early():
        questionnaire()
    asked = {"userId": CUSTOMER["id"], "userLanguage": CUSTOMER["language"]}
    opened = call("POST", "/Enrollment/initiate-external-identification", asked)
    return opened["videoIdentificationUrl"]


def poll():
    path = f"/Enrollment/{CUSTOMER['id']}/0/true/get-identification-process-status"
    return call("GET", path)


def wait():
    """After either journey: where the customer goes now, or None while there is nothing new."""
    answer = poll()
    status = answer["videoIdentificationStatus"]
    if status == TO_SIGN:
        return answer["videoIdentificationUrl"]
    if status == DONE:
        finish()
        return "/done"
    return "/failed" if status == "ERROR" else None


def asks_early():
    """The newest documentation wants the questionnaire before the identification."""
    return READY["edition"] == "2026-05"


def first(name):
    """A real shop would let the customer choose."""
    return call("GET", f"/User/{name}")[0]["value"]


def questionnaire():
    data = {
        "userId": CUSTOMER["id"],
        "isCorrespondenceAddressSame": True,
        "taxResidences": "BG",
        "sourceOfFundId": first("source-of-funds"),
        "accountPurposeCode": first("account-purpose"),
        "mainActivityCode": first("main-activity"),
        "financingMethodCode": first("financing-method"),
    }
    wrapped = {"type": "EnrollAdditionalData", "data": data}
    call("POST", "/User/add-additional-data", {"id": CUSTOMER["id"], "additionalData": wrapped})


def finish():
    if not asks_early():
        questionnaire()
    ended = call("POST", "/Enrollment/finalize-external-identification", {"userId": CUSTOMER["id"]})
    CUSTOMER["individual"] = ended["individualId"]


CODE = """<form method="post"><label for="code">{}</label>
<input id="code" name="code" autocomplete="one-time-code" inputmode="numeric" required>
<button>Go on</button></form>"""

PAGES = {
    "/": ("Open an account", """<form method="post">
<label for="email">E-mail</label><input id="email" name="email" type="email" required>
<label for="phone">Phone</label><input id="phone" name="phone" type="tel" required>
<label for="language">Language</label><select id="language" name="language">
<option value="en">English</option><option value="bg">Bulgarian</option></select>
<button>Begin</button></form>"""),
    "/email": ("Confirm your e-mail", CODE.format("Code from the e-mail")),
    "/phone": ("Confirm your phone", CODE.format("Code from the SMS")),
    "/failed": ("That did not work", '<p>You have not been identified. <a href="/">Again</a></p>'),
}
POSTS = {"/": start, "/email": email, "/phone": phone}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = urllib.parse.urlparse(self.path).path
        try:
            self.look(path)
        except Refused as error:
            self.page(502, "The provider refused", f"<p role=alert>{html.escape(str(error))}</p>")

    def look(self, path):
        if path == "/success":
            onward = wait() if "id" in CUSTOMER else "/"
            if onward:
                self.go(onward)
            else:
                self.page(200, "One moment", "<p>Your result is on its way.</p>", "1")
        elif path == "/fail":
            self.go("/failed")
        elif path == "/done":
            number = CUSTOMER.get("individual", "")
            self.page(200, "Welcome", f"<p>Your account number is <b>{number}</b>.</p>")
        elif path in PAGES:
            self.page(200, *PAGES[path])
        else:
            self.page(404, "Not here", "<p><a href='/'>Begin</a></p>")

    def do_POST(self):
        size = int(self.headers.get("Content-Length") or 0)
        pairs = urllib.parse.parse_qsl(self.rfile.read(size).decode())
        post = POSTS.get(self.path)
        try:
            self.go(post(dict(pairs)) if post else "/")
        except Refused as error:
            self.page(502, "The provider refused", f"<p role=alert>{html.escape(str(error))}</p>")

    def go(self, where):
        self.send_response(303)
        self.send_header("Location", where)
        self.end_headers()

    def page(self, status, title, content, refresh=None):
        again = f'<meta http-equiv="refresh" content="{refresh}">' if refresh else ""
        text = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{again}
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<link rel="icon" href="data:,"></head>
<body><main data-page="{self.path.split("?")[0]}"><h1>{title}</h1>{content}</main></body></html>"""
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        """Quiet: the mock tells what happens."""


def main(ready_file, port):
    with open(ready_file, encoding="utf-8") as file:
        READY.update(json.load(file))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    own = f"http://127.0.0.1:{server.server_port}"
    # What a merchant types into its portal.
    urls = json.dumps({"success": own + "/success", "fail": own + "/fail"}).encode()
    send("PUT", READY["control"] + "/v1/merchant/redirects", urls)
    print(own, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:3])
