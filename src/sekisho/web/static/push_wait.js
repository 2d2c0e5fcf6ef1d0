// Waits for a phone: looks every two seconds, and goes on when things stand otherwise than shown.
// <… data-wait="/where/state/is" data-state="as shown" data-next="/where/to/go">, or in its place
// data-send: the form around it is sent (a GET changes nothing, so that what changes is a form).

const place = document.querySelector("[data-wait]");
const EVERY = 2000; // milliseconds

async function look() {
  if (document.hidden) return;
  const headers = { accept: "application/json" };
  const answer = await fetch(place.dataset.wait, { headers, cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const { state } = await answer.json();
  if (state === place.dataset.state) return;
  clearInterval(timer);
  const form = state === place.dataset.send && place.closest("form");
  if (form) form.submit();
  else location.assign(place.dataset.next);
}

const timer = place && setInterval(look, EVERY);
if (place) document.addEventListener("visibilitychange", look);
