"use strict";
/* Choosing rows of the list: all of the page, a range with Shift, and how many are chosen. The boxes work without it. */
(() => {
  /** @type {HTMLFormElement | null} */
  const form = document.querySelector("#bulk");
  const place = document.getElementById("rows");
  if (!form || !place) return;
  /** @type {HTMLInputElement} */
  const whole = form.querySelector("#pick-page");
  const count = form.querySelector("#picked-count");
  /** @returns {HTMLInputElement[]} */
  const boxes = () => [...place.querySelectorAll("input.pick")];
  /** @type {string | undefined} */
  let last;

  const told = () => {
    const all = boxes(), picked = all.filter((box) => box.checked).length;
    whole.checked = picked > 0 && picked === all.length;
    whole.indeterminate = picked > 0 && picked < all.length;
    count.textContent = String(picked);
    form.classList.toggle("has-picked", picked > 0);
  };
  whole.addEventListener("change", () => {
    for (const box of boxes()) box.checked = whole.checked;
    told();
  });
  place.addEventListener("click", (event) => {
    /** @type {HTMLInputElement | null} */
    const box = event.target.closest("input.pick");
    if (!box) return;
    const all = boxes(), from = all.findIndex((one) => one.value === last), to = all.indexOf(box);
    if (event.shiftKey && from >= 0) {
      for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = box.checked;
    }
    last = box.value;
    told();
  });
  place.addEventListener("change", told);
  told();
})();
