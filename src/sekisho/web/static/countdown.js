// The life of a code: seconds for the eye (hidden from screen readers), two sentences for the ear.
import { say } from "./status.js";
import { countDown, filled } from "./time_left.js";

const SOON = 120; // seconds: the sentence says "2 minutes left"
const LATE = 150; // seconds: from here on the figure stands out

function end(words) {
  document.querySelector("[data-while-it-works]")?.setAttribute("hidden", "");
  document.querySelector("[data-when-it-is-over]")?.removeAttribute("hidden");
  document.querySelector("[data-resend] button")?.classList.replace("button-quiet", "button-main");
  say(words);
}

const place = document.querySelector("[data-countdown]");
if (place) {
  const { left: pattern, short, soon, over } = place.dataset;
  let before = Infinity;
  countDown(Number(place.dataset.countdown), (left) => {
    place.textContent = filled(left, pattern, short);
    place.classList.toggle("countdown-late", left <= LATE);
    if (left <= SOON && before > SOON && before !== Infinity) say(soon);
    if (left === 0 && before > 0) end(over);
    before = left;
  });
}
