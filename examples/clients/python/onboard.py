"""Onboards one customer with 10nPayments. Standard library only; copy what you need.

Where things are comes from the environment (CERTIFY_*). In production, addresses, certificate and
merchant come from your configuration, and `person_*` from your own pages.

Exit status: 0 the onboarding is complete, 3 it is not and somebody has been told why.
"""

import email.utils
import hashlib
import http.client
import json
import os
import random
import secrets
import socket
import ssl
import sys
import time
import urllib.parse

ENV = os.environ
SCALE = float(ENV.get("CERTIFY_TIME_SCALE", "1"))
PACE, LIMIT, DEADLINE = 3.0, 118.0, 30.0
READY, SIGNED = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED", "DOCUMENT_SIGN_SUCCESS"
MEMORY = os.path.join(ENV["CERTIFY_STATE"], "flow.json")


class Stop(Exception):
    """The onboarding cannot go on."""


class Lost(Exception):
    """No answer came, or only a part of one."""


def now():
    return time.monotonic() * SCALE


def pause(seconds):
    time.sleep(max(0.0, seconds) / SCALE)


class Host:
    """One host over one kept connection, with a deadline for whole answers."""

    def __init__(self, base):
        self.base = urllib.parse.urlsplit(base)
        self.tls = ssl.create_default_context(cafile=ENV["CERTIFY_CA"])
        self.tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self.tls.load_cert_chain(ENV["CERTIFY_CLIENT_CERT"], ENV["CERTIFY_CLIENT_KEY"])
        self.connection = None

    def is_closed(self):
        """A connection on which something waits, though nothing was asked, was closed."""
        if self.connection is None or self.connection.sock is None:
            return True
        try:
            self.connection.sock.settimeout(0)
            return self.connection.sock.recv(1) == b""
        except (ssl.SSLWantReadError, BlockingIOError):
            return False
        except OSError:
            return True

    def ask(self, method, path, headers, body=None):
        end = time.monotonic() + DEADLINE / SCALE
        try:
            if self.is_closed():
                self.close()
                self.connection = http.client.HTTPSConnection(
                    self.base.hostname, self.base.port, context=self.tls, timeout=DEADLINE / SCALE
                )
                self.connection.connect()
            self.connection.sock.settimeout(DEADLINE / SCALE)
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            read = bytearray()
            while piece := answer.read1(65536):
                read += piece
                left = end - time.monotonic()
                if left <= 0 or len(read) > 1_000_000:
                    raise Lost("the answer takes too long or is too large")
                if self.connection.sock is not None:
                    self.connection.sock.settimeout(left)
            if answer.length:
                raise Lost("the answer broke off")
            answer.close()
            return answer.status, answer.headers, bytes(read)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Lost(str(error)) from error
        except Lost:
            self.close()
            raise

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers = status, headers
        try:
            self.json = json.loads(body)
        except ValueError:
            self.json = None
        self.members = self.json if isinstance(self.json, dict) else {}

    @property
    def granted(self):
        return 200 <= self.status < 300

    def wait(self):
        """What Retry-After asks for, in seconds: a number or a date."""
        text = self.headers.get("Retry-After")
        if text is None:
            return None
        if text.strip().isdigit():
            return float(text)
        then = email.utils.parsedate_to_datetime(text)
        sent = email.utils.parsedate_to_datetime(self.headers["Date"])
        return max(0.0, (then - sent).total_seconds())


class Onboarding:
    def __init__(self):
        self.api, self.auth = Host(ENV["CERTIFY_API"]), Host(ENV["CERTIFY_AUTH"])
        self.token = None
        self.user = None
        self.email = f"customer-{secrets.token_hex(5)}@example.org"
        self.context = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
        self.landings = 0

    # Tokens ------------------------------------------------------------------------------------

    def fetch_token(self):
        pem = open(ENV["CERTIFY_CLIENT_CERT"], encoding="ascii").read()
        end = "-----END CERTIFICATE-----"
        der = ssl.PEM_cert_to_DER_cert(pem[: pem.index(end) + len(end)])
        form = urllib.parse.urlencode({
            "client_id": ENV["CERTIFY_CLIENT_ID"],
            "grant_type": "client_credentials",
            "scope": ENV["CERTIFY_SCOPE"],
            "IdentityServer:MTLS:X509Certificate": hashlib.sha1(der).hexdigest().upper(),
        })
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        for attempt in range(2):
            try:
                answer = Answer(*self.auth.ask("POST", "/connect/mtls/token", headers, form))
            except Lost:
                pause(1)
                continue
            if answer.granted and isinstance(answer.members.get("access_token"), str):
                self.token = answer.members["access_token"]
                return
            if answer.status < 500:
                break
            pause(1)
        raise Stop("there is no token")

    # Calls -------------------------------------------------------------------------------------

    def once(self, method, path, body=None):
        """One request; a token that is refused is renewed once."""
        for renewal in range(2):
            if self.token is None:
                self.fetch_token()
            headers = {"Authorization": f"Bearer {self.token}", "traceparent": self.context}
            text = None
            if body is not None:
                headers["Content-Type"], text = "application/json", json.dumps(body)
            answer = Answer(*self.api.ask(method, path, headers, text))
            if answer.status != 401:
                return answer
            self.token = None
        raise Stop("the token is refused")

    def call(self, method, path, body=None, repeats=1):
        """A call until its answer stands. `repeats`: how often it is sent again without answer."""
        lost = 0
        for attempt in range(5):
            try:
                answer = self.once(method, path, body)
            except Lost as why:
                lost += 1
                if lost > repeats:
                    raise Stop(f"{path}: {why}") from why
                pause(1)
                continue
            passing = answer.status == 429 or answer.status in (500, 502, 503, 504) and repeats > 0
            if not passing or attempt == 4:
                return answer
            grown = 4**attempt + random.uniform(0, 0.3)
            pause(answer.wait() or grown)
        return answer

    def demand(self, method, path, body=None, repeats=1):
        answer = self.call(method, path, body, repeats)
        if not answer.granted:
            trace = answer.members.get("traceId")
            raise Stop(f"{path} answered {answer.status}, trace id {trace}")
        return answer

    # The person --------------------------------------------------------------------------------

    def person(self, method, path, body=None, patience=180):
        base = urllib.parse.urlsplit(ENV["CERTIFY_PERSON"])
        connection = http.client.HTTPConnection(base.hostname, base.port, timeout=patience)
        connection.request(method, path, body)
        answer = connection.getresponse()
        text = answer.read().decode().strip()
        connection.close()
        return text if answer.status < 300 else None

    def journey(self, address):
        """Sends the person to a page, and waits until the browser is back."""
        if urllib.parse.urlsplit(address).scheme != "https":
            raise Stop("the page is not on https")
        self.person("POST", "/open", address)
        landed = self.person("GET", f"/landing?after={self.landings}")
        self.landings += 1
        if landed != "success":
            raise Stop("the person did not finish")

    # Steps -------------------------------------------------------------------------------------

    def run(self):
        if not self.resume():
            self.create_user()
            self.confirm_email()
            self.verify_phone()
            self.remember()
        address = self.initiate()
        self.journey(address)
        address = self.poll(READY)
        self.journey(self.text(address))
        self.poll(SIGNED)
        self.questionnaire()
        self.finalize()

    def resume(self):
        if not os.path.exists(MEMORY):
            return False
        self.user = json.load(open(MEMORY, encoding="utf-8"))["user"]
        status = self.demand("GET", f"/User/{self.user}/status").members
        if not status.get("isEmailVerified"):
            self.confirm_email()
        if not status.get("isPhoneNumberVerified"):
            self.verify_phone()
        return True

    def remember(self):
        with open(MEMORY, "w", encoding="utf-8") as file:
            json.dump({"user": self.user}, file)

    @staticmethod
    def text(value):
        if not isinstance(value, str) or not value:
            raise Stop("an answer lacks what the next step needs")
        return value

    def create_user(self):
        body = {"merchantId": int(ENV["CERTIFY_MERCHANT_ID"]), "email": self.email}
        # Sent again, it would be a second user.
        created = self.demand("POST", "/User", body, repeats=0).members.get("id")
        if type(created) is not int or created < 1:
            raise Stop("the new user has no number")
        self.user = created
        self.remember()

    def confirm_email(self):
        for attempt in range(2):
            code = self.text(self.person("GET", "/code/email"))
            body = {"id": self.user, "token": code, "correlationType": 0}
            answer = self.call("POST", "/User/email/confirm", body)
            if answer.granted and answer.members.get("success") is not False:
                return
            if answer.status not in (400, 422) or answer.granted:
                break
        raise Stop("the address is not confirmed")

    def send_code(self):
        number = f"+3598800{random.randrange(100_000):05}"
        self.demand("POST", "/User/phone-number/send-code", {"id": self.user, "phoneNumber": number})
        self.sent = now()

    def verify_phone(self):
        self.send_code()
        wrong = 0
        while wrong < 2:
            code = self.text(self.person("GET", "/code/sms"))
            if code == "resend":
                pause(31 - (now() - self.sent))
                self.send_code()
                continue
            answer = self.call("POST", "/User/phone-number/verify", {"id": self.user, "code": code})
            if answer.granted:
                return
            if answer.status not in (400, 422):
                break
            wrong += 1
        raise Stop("the number is not verified")

    def initiate(self):
        self.person("GET", "/start")
        body = {
            "userId": self.user,
            "isRestartIdentification": False,
            "localTimezone": "Europe/Sofia",
            "userAgent": "python-example",
            "browserLanguage": "en-US",
            "userLanguage": "en",
            "deviceName": "example",
            "correlationType": 0,
        }
        path = "/Enrollment/initiate-external-identification"
        return self.text(self.demand("POST", path, body).members.get("videoIdentificationUrl"))

    def poll(self, target):
        path = f"/Enrollment/{self.user}/0/true/get-identification-process-status"
        begun = now()
        while True:
            following = now() + PACE
            try:
                answer = self.once("GET", path)
                status = answer.members.get("videoIdentificationStatus")
                if answer.granted and status == target:
                    return answer.members.get("videoIdentificationUrl")
                if answer.granted and status == "ERROR":
                    raise Stop("the identification failed")
                if answer.status == 429:
                    following = max(following, now() + (answer.wait() or 2 * PACE))
                elif 400 <= answer.status < 500:
                    raise Stop(f"a poll was answered {answer.status}")
            except Lost:
                pass
            if following > begun + LIMIT:
                raise Stop("the identification takes too long")
            pause(following - now())

    def questionnaire(self):
        data = {
            "userId": self.user,
            "isCorrespondenceAddressSame": True,
            "residenceAddressZipCode": "4000",
            "secondaryLanguage": "BUL",
            "taxResidences": "BG",
            "gender": "F",
            "enrollIP": "198.51.100.7",
            "enrollLatitude": 42.1354,
            "enrollLongitude": 24.7453,
            "enrollChannel": "M",
        }
        lists = {
            "sourceOfFundId": "/User/source-of-funds",
            "accountPurposeCode": "/User/account-purpose",
            "mainActivityCode": "/User/main-activity",
            "financingMethodCode": "/User/financing-method",
        }
        for member, path in lists.items():
            entries = self.demand("GET", path).json
            if not isinstance(entries, list) or not entries:
                raise Stop("a list is empty")
            data[member] = entries[0]["value"]
        additional = {"type": "EnrollAdditionalData", "data": data}
        self.demand("POST", "/User/add-additional-data", {"id": self.user, "additionalData": additional})

    def finalize(self):
        path = "/Enrollment/finalize-external-identification"
        body = {"userId": self.user, "bTrustAppCallBackId": None, "correlationType": 0}
        for attempt in range(4):
            answer = self.call("POST", path, body, repeats=4)
            if answer.granted:
                print("correlationId", answer.members.get("correlationId"))
                return
            if answer.status != 400:
                break
            # Too early: the polls tell when the signature is there.
            pause(PACE)
            self.poll(SIGNED)
        raise Stop("it could not be finalised")


if __name__ == "__main__":
    try:
        Onboarding().run()
    except Stop as stop:
        print(f"stopped: {stop}")
        sys.exit(3)
