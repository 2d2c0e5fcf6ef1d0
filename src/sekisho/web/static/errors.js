// Moves the focus to the list of errors, and from a line of it to the field that it names.

const summary = document.querySelector("[data-errors]");
if (summary) {
  summary.focus();
  for (const line of summary.querySelectorAll("a")) {
    line.addEventListener("click", (event) => {
      const field = document.getElementById(line.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      (document.querySelector(`label[for="${field.id}"]`) ?? field).scrollIntoView();
      field.focus({ preventScroll: true });
    });
  }
}
