"use strict";
/* What every page has: "/" goes to the search field, from anywhere but a field. */
document.addEventListener("keydown", (event) => {
  const busy = event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
  if (event.key !== "/" || busy || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  /** @type {HTMLInputElement | null} */
  const field = document.querySelector("#search");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
