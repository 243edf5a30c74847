"use strict";
/* The player of one conversation: quotes, turns and words play from where they were said, and the text follows the sound. */
(() => {
  const AFTER_QUOTE_MS = 250;
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  const setUp = (root) => {
    const audio = root.querySelector("audio");
    const turns = [...root.querySelectorAll(".turn[data-start]")].map((node) => ({
      node, start: Number(node.dataset.start), end: Number(node.dataset.end),
      words: [...node.querySelectorAll("[data-at]")].map((word) => ({ node: word, at: Number(word.dataset.at) })),
    }));
    const state = { stopAt: null, turn: null, word: null };

    const flash = (button) => {
      const turn = document.getElementById(button.dataset.turn);
      for (const mark of root.querySelectorAll("mark.is-chosen")) mark.classList.remove("is-chosen");
      for (const mark of root.querySelectorAll("mark[data-anchors]")) {
        if (mark.dataset.anchors.split(" ").includes(button.dataset.anchor)) mark.classList.add("is-chosen");
      }
      if (turn) bringIntoView(turn);
    };

    const bringIntoView = (node) => {
      const box = node.getBoundingClientRect();
      if (box.top < 150 || box.bottom > window.innerHeight - 40) node.scrollIntoView({ block: "center", behavior: "smooth" });
    };

    const playFrom = (ms, untilMs) => {
      if (!audio) return;
      for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
      audio.currentTime = ms / 1000;
      state.stopAt = untilMs === null ? null : untilMs + AFTER_QUOTE_MS;
      audio.play().catch(() => {});
    };

    for (const button of root.querySelectorAll(".quote")) {
      button.addEventListener("click", () => {
        flash(button);
        if (button.dataset.start !== undefined) playFrom(Number(button.dataset.start), Number(button.dataset.end));
      });
    }
    for (const button of root.querySelectorAll(".at")) {
      button.addEventListener("click", () => playFrom(Number(button.dataset.start), null));
    }
    const toggle = root.querySelector(".toggle-read");
    if (toggle) {
      toggle.addEventListener("click", () => {
        const shown = root.querySelector(".turns").classList.toggle("with-read");
        toggle.textContent = shown ? toggle.dataset.hide : toggle.dataset.show;
      });
    }
    if (!audio) return;

    const said = root.querySelector(".turns");
    if (said) said.addEventListener("click", (event) => {
      const word = event.target.closest("[data-at]");
      if (word && !window.getSelection().toString()) playFrom(Number(word.dataset.at), null);
    });

    const play = root.querySelector(".play");
    play.addEventListener("click", () => {
      state.stopAt = null;
      if (audio.paused) audio.play().catch(() => {}); else audio.pause();
    });
    const label = () => {
      root.classList.toggle("is-playing", !audio.paused);
      play.setAttribute("aria-label", audio.paused ? play.dataset.play : play.dataset.pause);
    };
    audio.addEventListener("play", label);
    audio.addEventListener("pause", label);
    root.querySelector(".rate").addEventListener("change", (event) => { audio.playbackRate = Number(event.target.value); });

    const scrub = root.querySelector(".scrub");
    const lengthMs = () => Number(scrub.dataset.duration) || (Number.isFinite(audio.duration) ? audio.duration * 1000 : 0);
    const seek = (event) => {
      const box = scrub.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      state.stopAt = null;
      audio.currentTime = (share * lengthMs()) / 1000;
      draw();
    };
    scrub.addEventListener("pointerdown", (event) => { scrub.setPointerCapture(event.pointerId); seek(event); });
    scrub.addEventListener("pointermove", (event) => { if (event.buttons === 1) seek(event); });
    scrub.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      state.stopAt = null;
      audio.currentTime = Math.max(0, audio.currentTime + step);
      draw();
    });

    const mark = (key, found, name) => {
      if (state[key] === found) return false;
      if (state[key]) state[key].node.classList.remove(name);
      if (found) found.node.classList.add(name);
      state[key] = found;
      return true;
    };

    const draw = () => {
      const ms = audio.currentTime * 1000;
      const whole = lengthMs();
      root.querySelector(".played").style.width = whole ? `${Math.min(100, (100 * ms) / whole)}%` : "0";
      root.querySelector(".now").textContent = clock(audio.currentTime);
      scrub.setAttribute("aria-valuenow", String(Math.floor(audio.currentTime)));
      const turn = turns.findLast((one) => one.start <= ms + 50 && ms < one.end + 400) || null;
      if (mark("turn", turn, "is-now") && turn && !audio.paused) bringIntoView(turn.node);
      mark("word", (turn && turn.words.findLast((one) => one.at <= ms + 50)) || null, "is-said");
      if (state.stopAt !== null && ms >= state.stopAt) { state.stopAt = null; audio.pause(); }
    };
    const loop = () => { draw(); if (!audio.paused) requestAnimationFrame(loop); };
    audio.addEventListener("play", loop);
    audio.addEventListener("seeked", draw);
    audio.addEventListener("timeupdate", draw);
  };

  for (const root of document.querySelectorAll(".conversation")) setUp(root);

  document.addEventListener("keydown", (event) => {
    if (event.code !== "Space" || event.target.closest("input, select, button, textarea, summary, a")) return;
    const play = document.querySelector(".conversation .play");
    if (play && document.querySelectorAll(".conversation").length === 1) { event.preventDefault(); play.click(); }
  });
})();
