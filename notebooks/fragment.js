// Shows HTML that Python has made and escaped. Links inside change the address without a reload;
// focus, typed text, open details and scroll survive a newer set of the same page.

const TYPING_PAUSE_MS = 250;
const FILTERS = ["team", "subject", "tenure", "zone"];

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

// A way to find the same field or link in a newer page.
function selectorOf(element) {
  if (element?.matches("a[href]")) return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
  if (element?.matches("summary")) return `#${CSS.escape(element.parentElement.id)} > summary`;
  if (!element?.name) return element?.id ? `#${CSS.escape(element.id)}` : null;
  const place = element.closest("details[id], form[id]")?.id;
  return `${place ? `#${CSS.escape(place)} ` : ""}[name="${CSS.escape(element.name)}"]`;
}

function remember(el) {
  const active = el.getRootNode().activeElement;
  const typed = [...el.querySelectorAll("details[open][id] [name], input[type=search]")];
  return {
    open: [...el.querySelectorAll("details[open][id]")].map((details) => details.id),
    focus: selectorOf(active),
    caret: active?.matches("input[type=search], textarea")
      ? [active.selectionStart, active.selectionEnd] : null,
    fields: typed.filter((field) => field.type !== "hidden")
      .map((field) => [selectorOf(field), field.value, field.checked]),
  };
}

function restore(el, { open, focus, caret, fields }) {
  for (const id of open) el.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  for (const [selector, value, checked] of fields) {
    const field = el.querySelector(selector);
    if (field) Object.assign(field, { value, checked });
  }
  const element = focus && el.querySelector(focus);
  element?.focus({ preventScroll: true });
  if (element && caret) element.setSelectionRange(...caret);
}

// `stays` keeps focus and scroll: what changes is a part of the page that is being read.
function go(url, { replaces = false, stays = false } = {}) {
  if (url.search === location.search) return;
  history.replaceState({ y: scroller().scrollTop }, "");
  history[replaces ? "replaceState" : "pushState"]({ y: 0, stays }, "", url);
  window.dispatchEvent(new Event("workbench:moved"));
}

// The address says which tutors are shown; a click leads on with the same, unless it says others.
function withFilters(url, named = new Set()) {
  const here = new URLSearchParams(location.search);
  for (const name of FILTERS)
    if (here.get(name) && !named.has(name) && !url.searchParams.has(name))
      url.searchParams.set(name, here.get(name));
  return url;
}

function keepFilters(el) {
  for (const link of el.querySelectorAll('a[href^="/dashboard/"]')) {
    link.dataset.bare ??= link.getAttribute("href");
    const url = new URL(link.dataset.bare, location.origin);
    if (!link.closest(".all")) withFilters(url);
    link.setAttribute("href", url.pathname + url.search);
  }
}

function onButton(el, event) {
  const button = event.target.closest?.("button[type=button]");
  if (button?.dataset.picture) savePicture(el, button);
  else if (button && "print" in button.dataset) window.print();
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
  const fields = [...new FormData(form)];
  const filled = fields.filter(([, value]) => value !== "");
  const url = new URL(`?${new URLSearchParams(filled)}`, location.href);
  return withFilters(url, new Set(fields.map(([name]) => name)));
}

function arrive(el) {
  scroller().scrollTop = history.state?.y ?? 0;
  el.querySelector("h1")?.focus({ preventScroll: true });
}

export default {
  render({ model, el }) {
    const done = new Map();
    let shown = null;
    let pause = 0;
    const show = () => {
      const page = model.get("page");
      const kept = remember(el);
      el.innerHTML = page.html ?? "";
      tellAges(el);
      keepFilters(el);
      tellDone(el, done);
      restore(el, kept);
      if (!page.title) return;
      document.title = `${page.title} · Tutor Workbench`;
      if (shown !== null && shown !== page.view && !history.state?.stays) arrive(el);
      shown = page.view;
    };
    const onSubmit = (event) => {
      if (event.target.matches(".do")) {
        event.preventDefault();
        act(el, event.target, done);
      } else if (event.target.method === "get") {
        event.preventDefault();
        go(formAddress(event.target));
      }
    };
    const onInput = (event) => {
      if (event.target.type !== "search") return;
      const { form } = event.target; // gone from the event once it has left the shadow root
      clearTimeout(pause);
      pause = setTimeout(
        () => go(formAddress(form), { replaces: true, stays: true }), TYPING_PAUSE_MS);
    };
    const onChange = (event) => {
      if (event.target.matches(".filters select"))
        go(formAddress(event.target.form), { stays: true });
    };
    const onMoved = () => keepFilters(el);
    const onPress = (event) => onButton(el, event);
    const heard = [
      [el, "click", onClick], [el, "click", onPress], [el, "submit", onSubmit], [el, "input", onInput],
      [el, "change", onChange], [window, "workbench:moved", onMoved], [window, "popstate", onMoved],
    ];
    for (const [place, name, listener] of heard) place.addEventListener(name, listener);
    model.on("change:page", show);
    const ticking = setInterval(() => tellAges(el), 1000);
    show();
    return () => {
      clearInterval(ticking);
      clearTimeout(pause);
      model.off("change:page", show);
      for (const [place, name, listener] of heard) place.removeEventListener(name, listener);
    };
  },
};
