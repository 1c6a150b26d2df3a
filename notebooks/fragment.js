// Shows HTML that Python has made and escaped. Links inside change the address without a reload;
// focus, typed text, open details and scroll survive a newer set of the same page.

const TYPING_PAUSE_MS = 250;

const scroller = () => document.getElementById("App") ?? document.scrollingElement;

function ago(seconds) {
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} seconds ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} days ago`;
}

function tellAges(el) {
  for (const time of el.querySelectorAll("time[data-age]")) {
    const seconds = Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1000);
    const words = ago(seconds);
    if (time.textContent !== words) time.textContent = words;
    const { lateAfter, staleAfter } = time.dataset;
    if (lateAfter) {
      const state = seconds > staleAfter ? "stale" : seconds > lateAfter ? "late" : "fresh";
      time.closest("[data-state]").dataset.state = state;
    }
  }
}

function remember(el) {
  const open = [...el.querySelectorAll("details[open][id]")].map((details) => details.id);
  const active = el.getRootNode().activeElement;
  const isTyping = active?.matches("input");
  return {
    open,
    selector: isTyping ? `#${CSS.escape(active.id)}` : active?.matches("a[href]")
      ? `a[href="${CSS.escape(active.getAttribute("href"))}"]` : null,
    typed: isTyping ? [active.value, active.selectionStart, active.selectionEnd] : null,
  };
}

function restore(el, { open, selector, typed }) {
  for (const id of open) el.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  const element = selector && el.querySelector(selector);
  if (!element) return;
  element.focus({ preventScroll: true });
  if (typed) {
    element.value = typed[0];
    element.setSelectionRange(typed[1], typed[2]);
  }
}

// `stays` keeps focus and scroll: what changes is a part of the page that is being read.
function go(url, { replaces = false, stays = false } = {}) {
  if (url.search === location.search) return;
  history.replaceState({ y: scroller().scrollTop }, "");
  history[replaces ? "replaceState" : "pushState"]({ y: 0, stays }, "", url);
  window.dispatchEvent(new Event("workbench:moved"));
}

function onClick(event) {
  const link = event.target.closest?.("a[href]");
  const isPlain = event.button === 0
    && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !isPlain || link.pathname !== location.pathname || link.origin !== location.origin)
    return;
  event.preventDefault();
  go(new URL(link.href), { stays: link.closest(".turn") !== null });
}

function formAddress(form) {
  const filled = [...new FormData(form)].filter(([, value]) => value !== "");
  return new URL(`?${new URLSearchParams(filled)}`, location.href);
}

function arrive(el) {
  scroller().scrollTop = history.state?.y ?? 0;
  el.querySelector("h1")?.focus({ preventScroll: true });
}

export default {
  render({ model, el }) {
    let shown = null;
    let pause = 0;
    const show = () => {
      const page = model.get("page");
      const kept = remember(el);
      el.innerHTML = page.html ?? "";
      tellAges(el);
      restore(el, kept);
      if (!page.title) return;
      document.title = `${page.title} · Tutor Workbench`;
      if (shown !== null && shown !== page.view && !history.state?.stays) arrive(el);
      shown = page.view;
    };
    const onSubmit = (event) => {
      if (event.target.method !== "get") return;
      event.preventDefault();
      go(formAddress(event.target));
    };
    const onInput = (event) => {
      const { form } = event.target; // gone from the event once it has left the shadow root
      clearTimeout(pause);
      pause = setTimeout(
        () => go(formAddress(form), { replaces: true, stays: true }), TYPING_PAUSE_MS);
    };
    el.addEventListener("click", onClick);
    el.addEventListener("submit", onSubmit);
    el.addEventListener("input", onInput);
    model.on("change:page", show);
    const ticking = setInterval(() => tellAges(el), 1000);
    show();
    return () => {
      clearInterval(ticking);
      clearTimeout(pause);
      model.off("change:page", show);
      for (const [name, listener] of [["click", onClick], ["submit", onSubmit], ["input", onInput]])
        el.removeEventListener(name, listener);
    };
  },
};
