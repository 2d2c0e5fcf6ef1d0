// Choosing a password: tells while typing how hard it is to guess, and shows what was typed.
// The estimate is that of authenticators/password/strength.py, with the first words of its list
// only: the service judges by the whole list when the form is sent. Nothing is sent before.
import { BY_BITS } from "./common_words.js";

const KNOWN = new Map(BY_BITS.flatMap((line, bits) => line.split(" ").map((word) => [word, bits])));
const ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn"];
const YEAR = /^(?:19|20)\d{2}$/;
const DATE = /^(?:(?:19|20)\d{2}|\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;
const STEPS = [[60, "veryHard"], [40, "hard"], [27, "fair"], [0, "easy"]];
const [SIGN, DIGIT, TOKEN, LOOKED_AT, SHORTEST_WORD] = [4, 3.3, 1, 48, 3];

const fold = (text) => text.normalize("NFKC").toLowerCase().normalize("NFKC");

function isRow(signs) {
  const codes = signs.map((sign) => sign.codePointAt(0));
  const steps = new Set(codes.slice(1).map((code, at) => code - codes[at]));
  const isRun = steps.size === 1 && (steps.has(1) || steps.has(-1));
  const [piece, back] = [signs.join(""), [...signs].reverse().join("")];
  return isRun || ROWS.some((row) => row.includes(piece) || row.includes(back));
}

function bitsOf(signs, own) {
  const piece = signs.join("");
  if (own.has(piece)) return 2;
  if (YEAR.test(piece)) return Math.log2(100);
  if (DATE.test(piece)) return 15;
  if (isRow(signs)) return Math.log2(ROWS.length * 2 * signs.length) + 4;
  return KNOWN.get(piece) ?? null;
}

function isSaidTwice(seen, end, unit) {
  const last = seen.slice(end - unit, end).join("");
  return last === seen.slice(end - 2 * unit, end - unit).join("");
}

export function estimate(password, own) {
  const seen = [...fold(password)].slice(0, LOOKED_AT);
  const cheapest = [0];
  for (let end = 1; end <= seen.length; end += 1) {
    let best = cheapest[end - 1] + (/\p{Nd}/u.test(seen[end - 1]) ? DIGIT : SIGN);
    for (let start = end - SHORTEST_WORD; start >= 0; start -= 1) {
      const bits = bitsOf(seen.slice(start, end), own);
      if (bits !== null) best = Math.min(best, cheapest[start] + bits + TOKEN);
    }
    for (let unit = 1; unit <= end / 2; unit += 1) {
      if (isSaidTwice(seen, end, unit)) best = Math.min(best, cheapest[end - unit] + TOKEN);
    }
    cheapest.push(best);
  }
  return STEPS.find(([least]) => cheapest.at(-1) >= least)[1];
}

const field = document.getElementById("password");
const told = document.querySelector("[data-strength]");
if (field && told) {
  const own = new Set(field.dataset.own.split(" ").filter(Boolean));
  const said = told.querySelector("[data-said]");
  let waiting = 0;
  field.addEventListener("input", () => {
    const step = field.value ? estimate(field.value, own) : "";
    told.hidden = !step;
    told.dataset.step = step;
    clearTimeout(waiting); // a screen reader hears it when the typing rests
    waiting = setTimeout(() => {
      said.textContent = step ? `${told.dataset.label}${told.dataset[step]}` : "";
    }, 400);
  });
}

const button = document.querySelector("[data-show]");
if (field && button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const isShown = field.type === "text";
    field.type = isShown ? "password" : "text";
    button.textContent = isShown ? button.dataset.show : button.dataset.hide;
    field.focus();
  });
  // Password managers keep what stands in a field of this type.
  field.form.addEventListener("submit", () => (field.type = "password"));
}
