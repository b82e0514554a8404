// Onboards one customer with 10nPayments. Node's standard library only; copy what you need.
//
// Where things are comes from the environment (CERTIFY_*). In production, addresses, certificate
// and merchant come from your configuration, and what `person` does from your own pages.
//
// Exit status: 0 the onboarding is complete, 3 it is not and somebody has been told why.

import { randomBytes, randomInt, X509Certificate } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";

const env = process.env;
const SCALE = Number(env.CERTIFY_TIME_SCALE ?? "1");
const [PACE, LIMIT, DEADLINE] = [3, 118, 30];
const [READY, SIGNED] = ["SIGN_SESSION_ID_SUCCESSFULLY_CREATED", "DOCUMENT_SIGN_SUCCESS"];
const LARGEST = 1_000_000;
const MEMORY = join(env.CERTIFY_STATE, "flow.json");

/** The onboarding cannot go on. */
class Stop extends Error {}
/** No answer came, or only a part of one. */
class Lost extends Error {}

const now = () => (performance.now() / 1000) * SCALE;
const pause = (seconds) =>
  new Promise((done) => setTimeout(done, (Math.max(0, seconds) * 1000) / SCALE));

const certificate = readFileSync(env.CERTIFY_CLIENT_CERT);
const agent = new https.Agent({
  keepAlive: true,
  maxSockets: 1,
  minVersion: "TLSv1.2",
  ca: readFileSync(env.CERTIFY_CA),
  cert: certificate,
  key: readFileSync(env.CERTIFY_CLIENT_KEY),
});

/** One request, its whole answer within the deadline and within a bound. Never follows redirects. */
function exchange(method, url, headers, body) {
  return new Promise((resolve, reject) => {
    const lost = (why) => {
      clearTimeout(timer);
      request.destroy();
      reject(new Lost(why));
    };
    const timer = setTimeout(() => lost("it takes too long"), (DEADLINE * 1000) / SCALE);
    const request = https.request(url, { method, headers, agent }, (answer) => {
      const pieces = [];
      let length = 0;
      answer.on("data", (piece) => {
        pieces.push(piece);
        length += piece.length;
        if (length > LARGEST) lost("the answer is too large");
      });
      answer.on("aborted", () => lost("the answer broke off"));
      answer.on("error", (error) => lost(error.code ?? "error"));
      answer.on("end", () => {
        clearTimeout(timer);
        if (!answer.complete) return reject(new Lost("the answer broke off"));
        resolve(new Answer(answer.statusCode, answer.headers, Buffer.concat(pieces).toString()));
      });
    });
    request.on("error", (error) => lost(error.code ?? "error"));
    request.end(body);
  });
}

class Answer {
  constructor(status, headers, body) {
    [this.status, this.headers] = [status, headers];
    try {
      this.json = JSON.parse(body);
    } catch {
      this.json = null;
    }
    const isObject = typeof this.json === "object" && !Array.isArray(this.json);
    this.members = (isObject && this.json) || {};
  }

  get granted() {
    return this.status >= 200 && this.status < 300;
  }

  /** What Retry-After asks for, in seconds: a number or a date. */
  get wait() {
    const text = this.headers["retry-after"];
    if (text === undefined) return undefined;
    if (/^\d+$/.test(text.trim())) return Number(text);
    return Math.max(0, (Date.parse(text) - Date.parse(this.headers.date)) / 1000);
  }
}

/** What an answer must hold for the next step. */
function text(value) {
  if (typeof value !== "string" || value === "") {
    throw new Stop("an answer lacks what the next step needs");
  }
  return value;
}

/** Asks the person for something; in production these are your own pages. */
function person(method, path, body) {
  return new Promise((resolve) => {
    const request = http.request(env.CERTIFY_PERSON + path, { method }, (answer) => {
      let said = "";
      answer.on("data", (piece) => (said += piece));
      answer.on("end", () => resolve(answer.statusCode < 300 ? said.trim() : undefined));
    });
    request.on("error", () => resolve(undefined));
    request.end(body);
  });
}

class Onboarding {
  token = null;
  landings = 0;
  email = `customer-${randomBytes(5).toString("hex")}@example.org`;
  context = `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`;

  // Tokens and calls -----------------------------------------------------------------------------

  async fetchToken() {
    const form = new URLSearchParams({
      client_id: env.CERTIFY_CLIENT_ID,
      grant_type: "client_credentials",
      scope: env.CERTIFY_SCOPE,
      "IdentityServer:MTLS:X509Certificate": new X509Certificate(certificate).fingerprint.replaceAll(":", ""),
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        const url = `${env.CERTIFY_AUTH}/connect/mtls/token`;
        const answer = await exchange("POST", url, headers, form.toString());
        if (answer.granted && typeof answer.members.access_token === "string") {
          this.token = answer.members.access_token;
          return;
        }
        if (answer.status < 500) break;
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
      }
      await pause(1);
    }
    throw new Stop("there is no token");
  }

  /** One request; a token that is refused is renewed once. */
  async once(method, path, body) {
    for (let renewal = 0; renewal < 2; renewal += 1) {
      if (this.token === null) await this.fetchToken();
      const headers = { authorization: `Bearer ${this.token}`, traceparent: this.context };
      const sent = body === undefined ? undefined : JSON.stringify(body);
      if (sent !== undefined) headers["content-type"] = "application/json";
      if (sent !== undefined) headers["content-length"] = Buffer.byteLength(sent);
      const answer = await exchange(method, env.CERTIFY_API + path, headers, sent);
      if (answer.status !== 401) return answer;
      this.token = null;
    }
    throw new Stop("the token is refused");
  }

  /** A call until its answer stands. `repeats`: how often it is sent again without answer. */
  async call(method, path, body, repeats = 1) {
    let lost = 0;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await this.once(method, path, body);
        const fails = [500, 502, 503, 504].includes(answer.status) && repeats > 0;
        if (!(answer.status === 429 || fails) || attempt >= 4) return answer;
        await pause(answer.wait ?? 4 ** attempt + Math.random() * 0.3);
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        lost += 1;
        if (lost > repeats) throw new Stop(`${path}: ${error.message}`);
        await pause(1);
      }
    }
  }

  async demand(method, path, body, repeats = 1) {
    const answer = await this.call(method, path, body, repeats);
    if (answer.granted) return answer;
    throw new Stop(`${path} answered ${answer.status}, trace id ${answer.members.traceId}`);
  }

  // Steps ----------------------------------------------------------------------------------------

  async run() {
    if (!(await this.resume())) {
      await this.createUser();
      await this.confirmEmail();
      await this.verifyPhone();
    }
    await this.journey(await this.initiate());
    await this.journey(text(await this.poll(READY)));
    await this.poll(SIGNED);
    await this.questionnaire();
    await this.finalize();
  }

  /** Goes on where an earlier start of this program was stopped. */
  async resume() {
    if (!existsSync(MEMORY)) return false;
    this.user = JSON.parse(readFileSync(MEMORY, "utf8")).user;
    const status = (await this.demand("GET", `/User/${this.user}/status`)).members;
    if (!status.isEmailVerified) await this.confirmEmail();
    if (!status.isPhoneNumberVerified) await this.verifyPhone();
    return true;
  }

  async createUser() {
    const body = { merchantId: Number(env.CERTIFY_MERCHANT_ID), email: this.email };
    // Sent again, it would be a second user.
    const { id } = (await this.demand("POST", "/User", body, 0)).members;
    if (!Number.isInteger(id) || id < 1) throw new Stop("the new user has no number");
    this.user = id;
    writeFileSync(MEMORY, JSON.stringify({ user: id }));
  }

  async confirmEmail() {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const token = text(await person("GET", "/code/email"));
      const body = { id: this.user, token, correlationType: 0 };
      const answer = await this.call("POST", "/User/email/confirm", body);
      if (answer.granted && answer.members.success !== false) return;
      if (![400, 422].includes(answer.status)) break;
    }
    throw new Stop("the address is not confirmed");
  }

  async sendCode() {
    const phoneNumber = `+3598800${String(randomInt(100_000)).padStart(5, "0")}`;
    await this.demand("POST", "/User/phone-number/send-code", { id: this.user, phoneNumber });
    this.sent = now();
  }

  async verifyPhone() {
    await this.sendCode();
    for (let wrong = 0; wrong < 2; ) {
      const code = text(await person("GET", "/code/sms"));
      if (code === "resend") {
        await pause(31 - (now() - this.sent));
        await this.sendCode();
        continue;
      }
      const answer = await this.call("POST", "/User/phone-number/verify", { id: this.user, code });
      if (answer.granted) return;
      if (![400, 422].includes(answer.status)) break;
      wrong += 1;
    }
    throw new Stop("the number is not verified");
  }

  async initiate() {
    // However often "begin" is pressed, it begins once.
    await person("GET", "/start");
    const body = {
      userId: this.user,
      isRestartIdentification: false,
      localTimezone: "Europe/Sofia",
      userAgent: "node-example",
      browserLanguage: "en-US",
      userLanguage: "en",
      deviceName: "example",
      correlationType: 0,
    };
    const path = "/Enrollment/initiate-external-identification";
    return text((await this.demand("POST", path, body)).members.videoIdentificationUrl);
  }

  /** Sends the person to a page, and waits until the browser is back. */
  async journey(address) {
    if (new URL(address).protocol !== "https:") throw new Stop("the page is not on https");
    await person("POST", "/open", address);
    const landed = await person("GET", `/landing?after=${this.landings}`);
    this.landings += 1;
    if (landed !== "success") throw new Stop("the person did not finish");
  }

  async poll(target) {
    const path = `/Enrollment/${this.user}/0/true/get-identification-process-status`;
    const begun = now();
    for (;;) {
      let next = now() + PACE;
      try {
        const answer = await this.once("GET", path);
        const status = answer.members.videoIdentificationStatus;
        if (answer.granted && status === target) return answer.members.videoIdentificationUrl;
        if (answer.granted && status === "ERROR") throw new Stop("the identification failed");
        if (answer.status === 429) {
          next = Math.max(next, now() + (answer.wait ?? 2 * PACE));
        } else if (answer.status >= 400 && answer.status < 500) {
          throw new Stop(`a poll was answered ${answer.status}`);
        }
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
      }
      if (next > begun + LIMIT) throw new Stop("the identification takes too long");
      await pause(next - now());
    }
  }

  async questionnaire() {
    const data = {
      userId: this.user,
      isCorrespondenceAddressSame: true,
      residenceAddressZipCode: "4000",
      secondaryLanguage: "BUL",
      taxResidences: "BG",
      gender: "F",
      enrollIP: "198.51.100.7",
      enrollLatitude: 42.1354,
      enrollLongitude: 24.7453,
      enrollChannel: "M",
    };
    const lists = {
      sourceOfFundId: "/User/source-of-funds",
      accountPurposeCode: "/User/account-purpose",
      mainActivityCode: "/User/main-activity",
      financingMethodCode: "/User/financing-method",
    };
    for (const [member, path] of Object.entries(lists)) {
      const entries = (await this.demand("GET", path)).json;
      if (!Array.isArray(entries) || entries.length === 0) throw new Stop("a list is empty");
      data[member] = entries[0].value;
    }
    const additionalData = { type: "EnrollAdditionalData", data };
    await this.demand("POST", "/User/add-additional-data", { id: this.user, additionalData });
  }

  async finalize() {
    const path = "/Enrollment/finalize-external-identification";
    const body = { userId: this.user, bTrustAppCallBackId: null, correlationType: 0 };
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const answer = await this.call("POST", path, body, 4);
      if (answer.granted) return console.log("correlationId", answer.members.correlationId);
      if (answer.status !== 400) break;
      // Too early: the polls tell when the signature is there.
      await pause(PACE);
      await this.poll(SIGNED);
    }
    throw new Stop("it could not be finalised");
  }
}

try {
  await new Onboarding().run();
  process.exit(0);
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  console.log(`stopped: ${error.message}`);
  process.exit(3);
}
