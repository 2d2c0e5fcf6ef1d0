// Passkeys: asks the browser for one and sends its answer with the page's own form. A page says:
//   <form method="post" data-passkey="get" (or "create") data-options="JSON for the browser"
//         data-seconds="300" data-fresh="/where/options/are/renewed" data-autofill hidden>
//     <input type="hidden" name="state"> <input type="hidden" name="credential"> <button>
//     <p data-problem data-cancelled="…" data-failed="…" data-twice="…" hidden>
//   <p data-passkey-missing hidden>                      for browsers that have none
//   <p data-needs-script>                                for those without scripts
//   <p data-passkey-signal="signalUnknownCredential" data-details="JSON" hidden>
// `data-autofill` offers passkeys in the field with autocomplete="username webauthn". `data-fresh`
// answers GET with {"options": …, "state": "…"}; without it a page is asked for anew when it is old.
import { say } from "./status.js";

const Kind = window.PublicKeyCredential;
const isThere = Boolean(Kind?.parseCreationOptionsFromJSON && Kind.parseRequestOptionsFromJSON);
const SPARE = 20; // seconds in which a person answers: options as old as that are renewed before
let quiet = null; // the request of the autofill, which must have ended before a dialog opens

async function renew(form) {
  const answer = await fetch(form.dataset.fresh, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  const { options, state } = await answer.json();
  form.dataset.options = JSON.stringify(options);
  form.elements.state.value = state;
  form.drawn = performance.now();
}

function secondsLeft(form) {
  return form.dataset.seconds - SPARE - (performance.now() - form.drawn) / 1000;
}

function shown() {
  if (!document.hidden) return null;
  return new Promise((go) => document.addEventListener("visibilitychange", go, { once: true }));
}

function ask(form, more) {
  const options = JSON.parse(form.dataset.options);
  if (form.dataset.passkey === "create") {
    const publicKey = Kind.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = Kind.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey, ...more });
}

function send(form, credential) {
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
}

function tell(form, error) {
  const words = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "twice" };
  const place = form.querySelector("[data-problem]");
  place.textContent = place.dataset[words[error.name]] ?? place.dataset.failed;
  place.hidden = false;
  say(place.textContent);
}

async function offer(form) {
  if (!(await Kind.isConditionalMediationAvailable?.())) return;
  const ending = new AbortController();
  const old = setTimeout(() => ending.abort("old"), Math.max(secondsLeft(form), SPARE) * 1000);
  const answer = ask(form, { mediation: "conditional", signal: ending.signal });
  quiet = { ending, answer: answer.catch(() => null) };
  const credential = await quiet.answer;
  clearTimeout(old);
  if (credential) send(form, credential);
  else if (ending.signal.reason === "old" && form.dataset.fresh) {
    await shown(); // a tab that nobody looks at asks for nothing
    await renew(form);
    await offer(form);
  }
}

async function press(form) {
  quiet?.ending.abort("pressed");
  await quiet?.answer;
  form.querySelector("[data-problem]").hidden = true;
  if (secondsLeft(form) < 0 && form.dataset.fresh) await renew(form);
  send(form, await ask(form, {}));
}

function offerQuietly(form) {
  // Nothing was asked for, so that nothing is told: the button beside it does the same.
  if (form.hasAttribute("data-autofill")) offer(form).catch(() => null);
}

for (const form of isThere ? document.querySelectorAll("form[data-passkey]") : []) {
  let isBusy = false;
  form.drawn = performance.now();
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    try {
      await press(form);
    } catch (error) {
      tell(form, error);
      offerQuietly(form);
    }
    isBusy = false;
  });
  offerQuietly(form);
}
for (const words of document.querySelectorAll("[data-needs-script]")) words.hidden = true;
if (!isThere) document.querySelector("[data-passkey-missing]")?.removeAttribute("hidden");

// One after another: a browser that still asks whether the first is ours to tell refuses the second.
for (const { dataset } of document.querySelectorAll("[data-passkey-signal]")) {
  await Kind?.[dataset.passkeySignal]?.(JSON.parse(dataset.details)).catch(() => null);
}
