"use strict";
/* States that follow: only the progress of what is on its way is asked for, and only rows that changed are drawn anew. */
(() => {
  const EVERY_MS = 2000;
  /** @param {string} path */
  const asked = async (path) => {
    const answer = await fetch(path, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  };
  /** @param {(string | undefined)[]} ids of conversations on their way */
  const states = async (ids) => (await asked(`/progress?${new URLSearchParams(ids.map((id) => ["id", id]))}`)).json();
  /** @param {string} path */
  const parsed = async (path) => new DOMParser().parseFromString(await (await asked(path)).text(), "text/html");

  /* One look after another, none while the page is hidden. */
  /** @param {() => Promise<boolean | void>} look false: nothing moves any more */
  const follow = (look) => {
    const again = async () => {
      let goOn = true;
      try { if (!document.hidden) goOn = await look(); } catch { /* the next look tries again */ }
      if (goOn !== false) setTimeout(again, EVERY_MS);
    };
    setTimeout(again, EVERY_MS);
  };

  /* Focus stays where it was, and what somebody is selecting is left alone until he is done. */
  /** @param {Element} old @param {Element} fresh */
  const swap = (old, fresh) => {
    const selection = window.getSelection();
    if (selection && !selection.isCollapsed && selection.containsNode(old, true)) return;
    /** @param {Element} part */
    const boxes = (part) => [...part.querySelectorAll("input.pick")];
    const picked = boxes(old).filter((box) => box.checked).map((box) => box.value);
    for (const box of boxes(fresh)) box.checked = picked.includes(box.value);
    const held = old.contains(document.activeElement) && document.activeElement.closest("tr");
    const wasBox = document.activeElement?.matches("input.pick");
    old.replaceWith(fresh);
    if (!held) return;
    const row = document.querySelector(`tr[data-conversation="${CSS.escape(held.dataset.conversation ?? "")}"]`);
    row?.querySelector(wasBox ? "input.pick" : "a.stretch").focus({ preventScroll: true });
  };

  const place = document.getElementById("rows");
  const refresh = async () => {
    const moving = [...place.querySelectorAll("tr[data-live]")];
    if (!moving.length) return false;
    const found = await states(moving.map((row) => row.dataset.conversation));
    const changed = moving.filter((row) => found[row.dataset.conversation] !== row.dataset.state);
    if (!changed.length) return true;
    const table = place.querySelector("table");
    if (!table.dataset.columns) {
      swap(table, (await parsed(`/rows${location.search}`)).querySelector("table"));
      return true;
    }
    const named = changed.map((row) => ["id", row.dataset.conversation]);
    const asked = [...new URLSearchParams(location.search), ...named, ["columns", table.dataset.columns]];
    const fresh = await parsed(`/rows?${new URLSearchParams(asked)}`);
    for (const row of changed) {
      const next = fresh.querySelector(`tr[data-conversation="${CSS.escape(row.dataset.conversation)}"]`);
      if (next) swap(row, next);
    }
    return true;
  };
  if (place) follow(refresh);

  /* A page that is loaded anew would lose what somebody is typing: it waits until he leaves the field. */
  const waiting = document.querySelector("[data-wait]");
  const look = async () => {
    const found = await states([waiting.dataset.wait]);
    const typing = document.activeElement?.matches("input, select, textarea");
    if (typing || found[waiting.dataset.wait] === waiting.dataset.state) return true;
    location.reload();
    return false;
  };
  if (waiting) follow(look);

  /* What the filters may name is asked for when somebody begins to fill one in. */
  const suggest = async () => {
    const lists = (await parsed("/suggestions")).querySelectorAll("datalist");
    for (const list of lists) document.getElementById(list.id)?.replaceChildren(...list.childNodes);
  };
  for (const field of document.querySelectorAll("input[list]")) {
    field.addEventListener("focus", () => suggest().catch(() => {}), { once: true });
  }
})();
