"use strict";
/* The player of one conversation: quotes, turns and words play from where they were said, and the text follows the sound. */
(() => {
  const AFTER_QUOTE_MS = 250;
  const JUMP_S = 5, FAR_JUMP_S = 30, MOST_ZOOM = 16, ASK_AGAIN_MS = 3000;
  /** @param {number} seconds @returns {string} m:ss, or h:mm:ss */
  const clock = (seconds) => {
    const whole = Math.floor(seconds), minutes = Math.floor(whole / 60), rest = String(whole % 60).padStart(2, "0");
    return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
  };

  /** Scrolls the pane that holds a node, and nothing else. @param {Element} pane @param {Element} node */
  const bringIntoView = (pane, node) => {
    const seen = pane.getBoundingClientRect(), box = node.getBoundingClientRect();
    if (box.top >= seen.top + 24 && box.bottom <= seen.bottom - 24) return;
    pane.scrollTo({ top: pane.scrollTop + box.top - seen.top - pane.clientHeight / 3, behavior: "smooth" });
  };

  /** One track can be silent: both are heard in both ears. @param {HTMLAudioElement} audio @returns {(track: number, silent: boolean) => void} */
  const mixer = (audio) => {
    /** @type {GainNode[] | null} */
    let gains = null;
    const open = () => {
      const context = new AudioContext();
      const source = context.createMediaElementSource(audio), splitter = context.createChannelSplitter(2);
      source.connect(splitter);
      gains = [0, 1].map((track) => {
        const gain = context.createGain();
        splitter.connect(gain, track);
        gain.connect(context.destination);
        return gain;
      });
      audio.addEventListener("play", () => context.resume());
      return gains;
    };
    return (track, silent) => { (gains ?? open())[track].gain.value = silent ? 0 : 1; };
  };

  /** @param {HTMLElement} root a .conversation */
  const setUp = (root) => {
    /** @type {HTMLAudioElement | null} */
    const audio = root.querySelector("audio");
    const pane = root.querySelector(".transcript"), said = root.querySelector(".turns");
    const turns = [...root.querySelectorAll(".turn[data-start]")].map((node) => ({
      node, start: Number(node.dataset.start), end: Number(node.dataset.end),
      words: [...node.querySelectorAll("[data-at]")].map((word) => ({ node: word, at: Number(word.dataset.at) })),
    }));
    /** @type {{ stopAt: number | null, turn: { node: Element } | null, word: { node: Element } | null }} */
    const state = { stopAt: null, turn: null, word: null };

    /** @param {HTMLElement} button a quote */
    const show = (button) => {
      for (const mark of root.querySelectorAll("mark.is-chosen")) mark.classList.remove("is-chosen");
      for (const mark of root.querySelectorAll("mark[data-anchors]")) {
        if (mark.dataset.anchors.split(" ").includes(button.dataset.anchor)) mark.classList.add("is-chosen");
      }
      root.classList.remove("shows-verdict");
      const turn = document.getElementById(button.dataset.turn);
      if (turn) bringIntoView(pane, turn);
    };

    /** @param {number} ms @param {number | null} untilMs */
    const playFrom = (ms, untilMs) => {
      if (!audio) return;
      for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
      audio.currentTime = ms / 1000;
      state.stopAt = untilMs === null ? null : untilMs + AFTER_QUOTE_MS;
      audio.play().catch(() => {});
    };

    root.addEventListener("click", (event) => {
      const quote = event.target.closest(".quote"), at = event.target.closest(".at");
      if (quote) {
        show(quote);
        if (quote.dataset.start !== undefined) playFrom(Number(quote.dataset.start), Number(quote.dataset.end));
      } else if (at) playFrom(Number(at.dataset.start), null);
    });

    /* The times of the turns are one stop of the keyboard; arrows go from one to the next. */
    if (said) said.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], at = event.target.closest(".at");
      if (!step || !at) return;
      const all = [...said.querySelectorAll(".at")], next = all[all.indexOf(at) + step];
      if (!next) return;
      event.preventDefault();
      event.stopPropagation();
      at.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
    root.querySelector(".toggle-read input")?.addEventListener("change", (event) => said.classList.toggle("with-read", event.target.checked));
    root.querySelector(".unsure-words input")?.addEventListener("change", (event) => said.classList.toggle("without-unsure", !event.target.checked));
    if (!audio) return;

    if (said) said.addEventListener("dblclick", (event) => {
      const word = event.target.closest("[data-at]"), turn = event.target.closest(".turn[data-start]");
      if (word ?? turn) playFrom(Number(word ? word.dataset.at : turn.dataset.start), null);
    });

    const follow = root.querySelector(".follow input");
    for (const kind of ["wheel", "touchmove"]) pane.addEventListener(kind, () => { if (!audio.paused) follow.checked = false; }, { passive: true });
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

    const silence = mixer(audio);
    for (const button of root.querySelectorAll(".mute")) {
      button.addEventListener("click", () => {
        const silent = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(silent));
        root.classList.toggle(`is-muted-${button.dataset.track}`, silent);
        silence(Number(button.dataset.track), silent);
      });
    }

    const scrub = root.querySelector(".scrub"), lanes = root.querySelector(".lanes");
    const lengthMs = () => Number(scrub.dataset.duration) || (Number.isFinite(audio.duration) ? audio.duration * 1000 : 0);
    /** @param {number} seconds */
    const moveTo = (seconds) => {
      state.stopAt = null;
      audio.currentTime = Math.min(lengthMs() / 1000, Math.max(0, seconds));
      draw();
    };
    const keepInView = () => {
      const at = (audio.currentTime * 1000 / (lengthMs() || 1)) * scrub.offsetWidth;
      if (at < lanes.scrollLeft || at > lanes.scrollLeft + lanes.clientWidth) lanes.scrollLeft = at - lanes.clientWidth / 4;
    };
    let zoom = 1;
    for (const button of root.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => {
        zoom = Math.min(MOST_ZOOM, Math.max(1, zoom * Number(button.dataset.zoom)));
        scrub.style.width = `${100 * zoom}%`;
        keepInView();
      });
    }
    for (const button of root.querySelectorAll("[data-jump]")) {
      button.addEventListener("click", () => moveTo(audio.currentTime + Number(button.dataset.jump)));
    }
    /** @param {PointerEvent} event */
    const seek = (event) => {
      const box = scrub.getBoundingClientRect();
      moveTo(((event.clientX - box.left) / box.width) * lengthMs() / 1000);
    };
    scrub.addEventListener("pointerdown", (event) => { scrub.setPointerCapture(event.pointerId); seek(event); });
    scrub.addEventListener("pointermove", (event) => { if (event.buttons === 1) seek(event); });
    scrub.addEventListener("keydown", (event) => {
      const to = {
        ArrowLeft: audio.currentTime - JUMP_S, ArrowDown: audio.currentTime - JUMP_S,
        ArrowRight: audio.currentTime + JUMP_S, ArrowUp: audio.currentTime + JUMP_S,
        PageDown: audio.currentTime - FAR_JUMP_S, PageUp: audio.currentTime + FAR_JUMP_S, Home: 0, End: lengthMs() / 1000,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      moveTo(to);
    });

    /* A sound that cannot be played says why: the element tells only that, so the reason is asked for in words. One that is being
       made ready is asked for again; so is, once, one that has become ready before the reason was asked for. */
    let isAskedOnceMore = false;
    const silent = root.querySelector(".silent");
    /** @param {boolean} isSilent */
    const told = (isSilent) => { root.classList.toggle("is-silent", isSilent); silent.hidden = !isSilent; };
    audio.addEventListener("loadedmetadata", () => { isAskedOnceMore = false; told(false); });
    audio.addEventListener("error", async () => {
      told(true);
      if (audio.src.startsWith("data:")) return;
      const answer = await fetch(audio.src, { headers: { Accept: "text/plain", Range: "bytes=0-0" } }).catch(() => null);
      if (answer && !answer.ok) silent.querySelector(".cause").textContent = `: ${await answer.text()}`;
      if (answer?.status === 409) setTimeout(() => audio.load(), ASK_AGAIN_MS);
      else if (answer?.ok && !isAskedOnceMore) {
        isAskedOnceMore = true;
        audio.load();
      }
    });
    if (audio.error) audio.dispatchEvent(new Event("error"));

    /** @param {"turn" | "word"} key @param {{ node: Element } | null} found @param {string} name */
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
      scrub.setAttribute("aria-valuetext", scrub.dataset.said.replace("{now}", clock(audio.currentTime)).replace("{whole}", clock(whole / 1000)));
      const turn = turns.findLast((one) => one.start <= ms + 50 && ms < one.end + 400) || null;
      if (mark("turn", turn, "is-now") && turn && !audio.paused && follow.checked) bringIntoView(pane, turn.node);
      mark("word", (turn && turn.words.findLast((one) => one.at <= ms + 50)) || null, "is-said");
      if (zoom > 1 && follow.checked) keepInView();
      if (state.stopAt !== null && ms >= state.stopAt) { state.stopAt = null; audio.pause(); }
    };
    const loop = () => { draw(); if (!audio.paused) requestAnimationFrame(loop); };
    audio.addEventListener("play", loop);
    audio.addEventListener("seeked", draw);
    audio.addEventListener("timeupdate", draw);
  };

  for (const root of document.querySelectorAll(".conversation")) setUp(root);
})();
