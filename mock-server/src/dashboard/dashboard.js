// Shows a page anew when something has changed, and copies texts. Everything works without it.
"use strict";
(() => {
  const region = () => document.querySelector("[data-live]");
  // What somebody has typed or chosen and not sent yet must not be lost.
  const isTyped = () => [...region().querySelectorAll("input, textarea, option")].some((at) =>
    at.matches("option")
      ? at.selected !== at.defaultSelected && [...at.parentElement.options].some((one) => one.defaultSelected)
        || at.selected && !at.defaultSelected && at.index > 0
      : at.type === "checkbox" || at.type === "radio"
        ? at.checked !== at.defaultChecked
        : at.value !== at.defaultValue);
  const isBusy = () => {
    const at = document.activeElement;
    const typing = at && region().contains(at) && at.matches("input, select, textarea");
    return typing || isTyped() || String(getSelection()) !== "" || document.hidden;
  };
  const opened = () => [...region().querySelectorAll("details[id][open]")].map((at) => at.id);

  let wanted = false;
  let running = false;
  async function refresh() {
    if (running || isBusy()) { wanted = true; return; }
    running = true;
    wanted = false;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.ok && !isBusy()) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("[data-live]");
        const now = region();
        if (fresh && fresh.innerHTML !== now.dataset.shown) {
          const [open, at] = [opened(), document.activeElement?.id];
          now.dataset.shown = fresh.innerHTML;
          now.replaceChildren(...fresh.childNodes);
          for (const id of open) document.getElementById(id)?.setAttribute("open", "");
          if (at) document.getElementById(at)?.focus({ preventScroll: true });
        }
      }
    } catch { wanted = true; } finally { running = false; }
    if (wanted) setTimeout(refresh, 300);
  }

  if (region() && document.body.classList.contains("dashboard")) {
    if (location.search.indexOf("page=") < 0 && !document.querySelector("[data-still]")) {
      const news = new EventSource("/v1/events");
      let first = true;
      news.addEventListener("change", () => { if (first) { first = false; } else { refresh(); } });
      addEventListener("pagehide", () => news.close());
      document.addEventListener("visibilitychange", () => { if (wanted) refresh(); });
      document.addEventListener("focusout", () => { if (wanted) setTimeout(refresh, 100); });
    }
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    await navigator.clipboard?.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
})();
