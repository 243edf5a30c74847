"use strict";
/* The review workspace: tabs, and what each key of the page's own list does. Without that list, as in the report on disk, only the tabs. */
(() => {
  /** @param {Element} list a tablist @param {HTMLElement} tab the one to open */
  const open = (list, tab) => {
    for (const one of list.querySelectorAll("[role=tab]")) {
      const chosen = one === tab;
      one.setAttribute("aria-selected", String(chosen));
      one.tabIndex = chosen ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")).hidden = !chosen;
    }
  };
  for (const list of document.querySelectorAll("[role=tablist]")) {
    list.addEventListener("click", (event) => { const tab = event.target.closest("[role=tab]"); if (tab) open(list, tab); });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.stopPropagation();
      const tabs = [...list.querySelectorAll("[role=tab]")];
      const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
      open(list, next);
      next.focus();
    });
  }

  /* A narrow window shows one pane at a time. */
  for (const button of document.querySelectorAll("[data-pane]")) {
    button.addEventListener("click", () => {
      const root = button.closest(".conversation"), verdict = button.dataset.pane === "verdict";
      root.classList.toggle("shows-verdict", verdict);
      for (const one of button.parentElement.children) one.toggleAttribute("aria-current", one === button);
    });
  }

  const help = document.getElementById("keys"), skipping = document.getElementById("skip"), root = document.querySelector(".conversation");
  if (!help || !root) return;
  const answers = () => [...root.querySelectorAll(".panel-body:not([hidden]) .answer")];
  const chosen = () => root.querySelector(".answer.is-chosen");

  /** @param {HTMLElement | undefined} answer the one that the keys speak of from now on */
  const choose = (answer) => {
    if (!answer) return;
    chosen()?.classList.remove("is-chosen");
    answer.classList.add("is-chosen");
    answer.focus({ preventScroll: true });
    answer.scrollIntoView({ block: "nearest" });
  };
  /** @param {number} by */
  const step = (by) => {
    const all = answers(), at = all.indexOf(chosen());
    choose(all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))]);
  };
  /** @param {HTMLElement} answer */
  const contest = (answer) => {
    const form = answer.querySelector(".contest");
    if (!form) return;
    form.open = !form.open;
    if (!form.open) return;
    const state = form.querySelector("[name=state]");
    if (state) state.value = "answered";
    form.querySelector("[name=value], [name=comment], [name=text]").focus();
  };
  /** @param {string} of a selector */
  const press = (of) => chosen()?.querySelector(of)?.click();
  const quote = () => {
    const quotes = [...(chosen() ?? root).querySelectorAll(".quote")];
    const next = quotes[(quotes.findIndex((one) => one.classList.contains("is-playing")) + 1) % quotes.length];
    next?.click();
  };
  root.addEventListener("click", (event) => {
    const answer = event.target.closest(".answer"), pressed = event.target.closest(".quote");
    if (pressed) for (const one of root.querySelectorAll(".quote")) one.classList.toggle("is-playing", one === pressed);
    if (answer && answer !== chosen()) { chosen()?.classList.remove("is-chosen"); answer.classList.add("is-chosen"); }
    if (event.target.closest(".contests")) contest(answer);
  });

  /* A kept verdict comes back as the row that counts now; the keys go on to the next one. A refused one says where it is wrong. */
  let sent = -1;
  root.addEventListener("submit", (event) => { sent = answers().indexOf(event.target.closest(".answer")); }, true);
  document.addEventListener("htmx:after:swap", () => {
    const field = root.querySelector(".contest [aria-invalid]"), fault = root.querySelector(".contest [role=alert]");
    if (fault) (field ?? fault.closest("form").querySelector("button")).focus();
    else if (sent >= 0) choose(answers()[sent + 1] ?? answers().at(-1));
    sent = -1;
  });

  /* An error that was missed: the words that are selected in one turn, counted in code points as the transcript's spans are. */
  const adding = document.getElementById("add-finding"), length = (/** @type {Range} */ range) => [...range.toString()].length;
  /** @returns {{turn: string, start: number, end: number, text: string} | null} */
  const selected = () => {
    const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
    const said = range?.startContainer.parentElement?.closest(".said") ?? range?.startContainer.closest?.(".said");
    if (!said || range.collapsed || !root.contains(said)) return null;
    const before = document.createRange(), within = range.cloneRange(), beside = said.querySelector(".reason");
    before.setStart(said, 0);
    before.setEnd(range.startContainer, range.startOffset);
    if (!said.contains(range.endContainer)) within.setEnd(said, said.childNodes.length);
    if (beside && within.comparePoint(beside, 0) <= 0) within.setEndBefore(beside);
    const text = within.toString().trimEnd(), start = length(before);
    return text.trim() ? { turn: said.closest(".turn").id.slice("c-t".length), start, end: start + [...text].length, text } : null;
  };
  if (adding) {
    /** @type {ReturnType<typeof selected>} */
    let words = null;
    document.getElementById("mark-error").addEventListener("pointerdown", (event) => event.preventDefault());
    document.getElementById("mark-error").addEventListener("click", () => {
      words = selected();
      adding.querySelector(".select-first").hidden = words !== null;
      adding.showModal();
    });
    document.addEventListener("htmx:after:swap", () => {
      const form = adding.querySelector(".new-finding");
      if (!form || !adding.open) return;
      form.hidden = words === null;
      if (words === null) return;
      for (const name of ["turn", "start", "end", "text"]) form.elements[name].value = words[name];
      form.querySelector(".chosen-words").textContent = words.text;
      form.elements.error_class.focus();
    });
    if (adding.hasAttribute("data-open")) adding.showModal();
  }

  const actions = {
    play: () => root.querySelector(".play")?.click(),
    back: () => root.querySelector("[data-jump='-5']")?.click(),
    on: () => root.querySelector("[data-jump='5']")?.click(),
    up: () => step(-1),
    down: () => step(1),
    quote,
    agree: () => press(".agree"),
    contest: () => { const answer = chosen(); if (answer) contest(answer); },
    cannot_tell: () => press(".cannot-tell"),
    grade_2: () => press(".grade-2"),
    grade_1: () => press(".grade-1"),
    grade_0: () => press(".grade-0"),
    missed: () => document.getElementById("mark-error")?.click(),
    save: () => step(1),
    next: () => document.getElementById("next")?.click(),
    previous: () => document.getElementById("previous")?.click(),
    help: () => help.showModal(),
    search: () => document.getElementById("search")?.focus(),
    done: () => document.getElementById("review-done")?.click(),
    skip: () => skipping?.showModal(),
  };
  document.getElementById("review-skip")?.addEventListener("click", actions.skip);
  document.getElementById("skip-close")?.addEventListener("click", () => skipping?.close());
  skipping?.addEventListener("change", () => {
    skipping.querySelector("[name=note]").required = skipping.querySelector("[name=reason]:checked")?.value === "other";
  });
  const keys = new Map([...help.querySelectorAll("[data-key]")].map((row) => [row.dataset.key, actions[row.dataset.does]]));
  document.getElementById("show-keys")?.addEventListener("click", actions.help);

  document.addEventListener("keydown", (event) => {
    const action = keys.get(event.key);
    if (!action || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest("input:not([type=checkbox]), select, textarea, [popover]");
    const pressing = (event.key === " " || event.key === "Enter") && event.target.closest("button, a, summary, input");
    if (typing || pressing) return;
    event.preventDefault();
    action();
  });
  document.querySelector(".neighbour[aria-current]")?.scrollIntoView({ block: "nearest" });
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named?.matches(".answer")) choose(named);
})();
