"use strict";
/* The report on disk: a link to a conversation opens it. */
(() => {
  const openChosen = () => {
    const chosen = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (chosen && chosen.matches("details")) { chosen.open = true; chosen.scrollIntoView({ block: "start" }); }
  };
  window.addEventListener("hashchange", openChosen);
  document.addEventListener("click", (event) => {
    if (event.target.closest("a[href^='#c-']")) setTimeout(openChosen, 0);
  });
  openChosen();
})();
