// Shows the button for a new code when asking will help, and until then how long that takes.
// Without this module the button always stands there, and asking too early says when to ask.
import { countDown, filled } from "./time_left.js";

const wait = document.querySelector("[data-resend-wait]");
const button = document.querySelector("[data-resend]");
if (wait && button) {
  countDown(Number(wait.dataset.seconds), (left) => {
    wait.textContent = filled(left, wait.dataset.resendWait, wait.dataset.short);
    wait.hidden = left === 0;
    button.hidden = left > 0;
  });
}
