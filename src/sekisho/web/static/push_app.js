// The phone's page: holds the key, shows what is asked, and sends what its owner says, signed.
// The key is made here and cannot leave this browser. Texts stand in the page, none here.
import { say } from "./status.js";

const root = document.querySelector("[data-app]");
const problem = root.querySelector("[data-problem]");
const API = "/api/v1/push";
const EVERY = 3000; // milliseconds between two looks
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
let phone = null; // { keys, id, token }, as this browser keeps it
let asked = null; // the request that is on the screen
let isBusy = false;

// --- what this browser keeps ---

function open() {
  return new Promise((go, stop) => {
    const opening = indexedDB.open("sekisho-push", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("phone");
    opening.onsuccess = () => go(opening.result);
    opening.onerror = () => stop(opening.error);
  });
}

async function keep(mode, act) {
  const db = await open();
  const store = db.transaction("phone", mode).objectStore("phone");
  const request = act(store);
  const found = await new Promise((go, stop) => {
    request.onsuccess = () => go(request.result);
    request.onerror = () => stop(request.error);
  });
  db.close();
  return found;
}

// --- signing and asking ---

const hex = (octets) => [...octets].map((one) => one.toString(16).padStart(2, "0")).join("");

function base64(octets) {
  const text = btoa(String.fromCharCode(...octets));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function sign(keys, ...lines) {
  const text = new TextEncoder().encode(lines.join("\n"));
  const how = { name: "ECDSA", hash: "SHA-256" };
  return base64(new Uint8Array(await crypto.subtle.sign(how, keys.privateKey, text)));
}

async function call(method, path, body) {
  const headers = { accept: "application/json" };
  if (phone) headers.authorization = `Bearer ${phone.token}`;
  if (body) headers["content-type"] = "application/json";
  const text = body && JSON.stringify(body);
  const answer = await fetch(API + path, { method, headers, body: text, cache: "no-store" });
  return { status: answer.status, ...(await answer.json()) };
}

// --- what is on the screen ---

const word = (name) => root.querySelector(`[data-word=${name}]`).textContent;
const current = () => root.querySelector("[data-part]:not([hidden])")?.dataset.part;

function show(name) {
  if (current() === name) return;
  for (const one of root.querySelectorAll("[data-part]")) one.hidden = one.dataset.part !== name;
  tell("");
  root.querySelector(`[data-part=${name}]`).focus();
}

function tell(words, field) {
  problem.textContent = words;
  problem.hidden = !words;
  if (words && field) field.focus();
}

function fill(facts) {
  for (const [name, value] of Object.entries(facts)) {
    for (const one of root.querySelectorAll(`[data-fact=${name}]`)) one.textContent = value;
  }
}

function showAsk(ask) {
  if (asked?.id === ask.id) return;
  asked = ask;
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" });
  fill({
    what: ask.what,
    account: ask.account,
    device: ask.device,
    place: ask.place.text,
    asked: clock.format(new Date(ask.asked_at)),
    until: clock.format(new Date(ask.expires_at)),
  });
  const isNew = ask.purpose === "enrolment";
  root.querySelector("[data-lead=enrolment]").hidden = !isNew;
  root.querySelector("[data-lead=other]").hidden = isNew;
  root.querySelector("#number").value = "";
  show("ask");
  say(word("arrived"));
}

function showIdle(found) {
  fill({ name: found.name });
  root.querySelector("[data-pending]").hidden = found.is_active;
  root.querySelector("[data-ready]").hidden = !found.is_active;
  const may = "PushManager" in window && window.Notification?.permission !== "denied";
  root.querySelector("[data-tell]").hidden = !may || found.is_subscribed;
  show("idle");
}

// --- what happens ---

async function look() {
  if (!phone || isBusy || document.hidden) return;
  const found = await call("GET", "/asks").catch(() => null);
  if (!found && !current()) show("away");
  if (!found || isBusy) return;
  if (found.status === 401) {
    phone = null; // nothing more to ask for, until it is added again
    show("gone");
  } else if (found.status === 200) {
    if (found.data.length) showAsk(found.data[0]);
    else if (current() === "ask") {
      asked = null;
      showIdle(found.phone);
      tell(word("over"));
    } else if (!["approved", "added", "denied", "reported"].includes(current())) {
      showIdle(found.phone);
    }
  }
}

async function pair(form) {
  const typed = form.elements.code.value.normalize("NFKC").toUpperCase();
  const code = typed.replace(/[^0-9A-Z]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  if (!code) return tell(word("code_missing"), form.elements.code);
  const keys = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const key = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
  const signature = await sign(keys, "sekisho push pair v1", code, hex(key));
  phone = null;
  const found = await call("POST", "/phones", { code, public_key: base64(key), signature });
  if (found.status !== 201) return tell(found.user_message, form.elements.code);
  phone = { keys, id: found.id, token: found.token };
  await keep("readwrite", (store) => store.put(phone, "one"));
  form.reset();
}

async function decide(decision) {
  const field = root.querySelector("#number");
  const number = decision === "approve" ? field.value.normalize("NFKC").replace(/\D/g, "") : "";
  if (decision === "approve" && !number) return tell(word("number_missing"), field);
  const { id, nonce, purpose } = asked;
  const signature = await sign(phone.keys, "sekisho push decide v1", id, nonce, decision, number);
  const body = { decision, signature, ...(number && { number }) };
  const found = await call("POST", `/asks/${id}/decide`, body);
  if (found.status === 200) {
    const isNew = purpose === "enrolment";
    const next = { approve: isNew ? "added" : "approved", deny: isNew ? "gone" : "denied" };
    show(next[decision] ?? "reported");
    if (decision !== "deny") asked = null;
  } else if (found.code === "code_wrong" && found.left) {
    tell(word("wrong_number"), field);
  } else {
    asked = null;
    tell(found.user_message);
  }
}

// The one script that may be run as a worker (Trusted Types: the page's policy allows no other).
const scripts = window.trustedTypes?.createPolicy("sekisho-worker", {
  createScriptURL: () => "/app-worker.js",
});

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") return tell(word("not_told"));
  const worker = scripts ? scripts.createScriptURL("") : "/app-worker.js";
  const registration = await navigator.serviceWorker.register(worker, { scope: "/app" });
  await navigator.serviceWorker.ready;
  const made = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: root.dataset.senderKey,
  });
  const { endpoint, keys } = made.toJSON();
  const subscription = { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } };
  const signature = await sign(phone.keys, "sekisho push subscribe v1", phone.id, endpoint);
  const found = await call("PUT", "/subscription", { subscription, signature });
  if (found.status !== 200) return tell(found.user_message);
  root.querySelector("[data-tell]").hidden = true;
}

async function anew() {
  phone = asked = null;
  await keep("readwrite", (store) => store.delete("one"));
  show("pair");
}

async function back() {
  asked = null;
  isBusy = false;
  root.querySelector("[data-part]:not([hidden])").hidden = true;
  await look();
}

async function once(act, failed) {
  if (isBusy) return;
  isBusy = true;
  tell("");
  try {
    await act();
  } catch {
    tell(word(failed));
  }
  isBusy = false;
  await look();
}

const doing = {
  deny: () => decide("deny"),
  report: () => decide("report"),
  tell: subscribe,
  back,
  anew,
};
for (const button of root.querySelectorAll("[data-do]")) {
  const name = button.dataset.do;
  const failed = name === "tell" ? "not_told" : "no_network";
  button.addEventListener("click", () => once(doing[name], failed));
}
for (const form of root.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const act = form.dataset.form === "pair" ? () => pair(form) : () => decide("approve");
    once(act, "no_network");
  });
}

async function start() {
  if (current()) return; // a part that the server chose to show
  if (!window.crypto?.subtle || !window.indexedDB) return show("old");
  phone = (await keep("readonly", (store) => store.get("one"))) ?? null;
  const code = decodeURIComponent(location.hash.slice(1));
  if (code) {
    // Out of the address bar and the history; binding waits for a press, never for a link alone.
    history.replaceState(null, "", location.pathname);
    root.querySelector("#code").value = code;
  }
  if (code || !phone) show("pair");
  if (code) phone = null;
  await look();
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  navigator.serviceWorker?.addEventListener("message", look);
}

start().catch(() => show("old"));
