"use strict";
/* States that follow: the list asks for its rows again while some conversation is still on its way, a page for itself. */
(() => {
  const EVERY_MS = 2000;

  const rows = document.getElementById("rows");
  const refresh = async () => {
    if (document.hidden || !rows.querySelector("[data-live]")) return;
    const answer = await fetch(`/rows${location.search}`, { headers: { Accept: "text/html" } });
    if (answer.ok) rows.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
  };
  if (rows) setInterval(() => refresh().catch(() => {}), EVERY_MS);

  const waiting = document.querySelector("[data-wait]");
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(waiting.dataset.wait, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const badge = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("h1 .badge");
    const mine = waiting.querySelector(".badge");
    if (badge && badge.className !== mine.className) location.reload();
  };
  if (waiting) setInterval(() => look().catch(() => {}), EVERY_MS);
})();
