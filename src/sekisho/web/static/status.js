// The status region: what changes without a new page is spoken from here, and only this.
// The region is empty in the first HTML, so that screen readers know it before it is filled.

const region = document.getElementById("status");

export function say(words) {
  if (region) region.textContent = words;
}

// A message that a new page brought along ("we are sending a new code") is spoken too.
const brought = document.querySelector("[data-say]");
if (brought) setTimeout(() => say(brought.textContent.trim()), 500);
