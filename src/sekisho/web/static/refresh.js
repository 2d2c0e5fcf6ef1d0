// Loads the page again every 5 seconds, only where somebody asked for it, and not while reading.

setInterval(() => {
  if (!document.querySelector("details[open]") && document.activeElement === document.body) {
    location.reload();
  }
}, 5000);
