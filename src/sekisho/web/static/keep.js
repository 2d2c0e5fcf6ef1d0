// Copies or prints what is shown once. Without scripts there is the file, and the browser's menu.
import { say } from "./status.js";

const kept = document.querySelector("[data-kept]");

async function keep(button) {
  if (button.dataset.keep === "print") return window.print();
  await navigator.clipboard.writeText(kept.innerText.trim());
  say(button.dataset.said);
}

for (const button of document.querySelectorAll("[data-keep]")) {
  // Copying wants https, or this very computer.
  button.hidden = button.dataset.keep === "copy" && !navigator.clipboard;
  button.addEventListener("click", () => keep(button));
}
