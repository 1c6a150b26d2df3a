// What a page that Python has made and escaped does: ages, filters, forms, links. For the live page,
// and for the first view, which stands before it. Stands before fragment.js or first_view.js.

const TYPING_PAUSE_MS = 250;
const FILTERS = ["team", "subject", "tenure", "zone"];

const firstView = () => document.getElementById("first-view");
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

// `stays` keeps focus and scroll: what changes is a part of the page that is being read.
function go(url, { replaces = false, stays = false } = {}) {
  if (url.search === location.search) return;
  if (firstView()) { // nobody is there yet who would follow a changed address
    location[replaces ? "replace" : "assign"](url);
    return;
  }
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

// Makes the HTML in `el` work; returns what ends that. `done` keeps what forms did.
function listen(el, done) {
  let pause = 0;
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
  const ticking = setInterval(() => tellAges(el), 1000);
  tellAges(el);
  keepFilters(el);
  return () => {
    clearInterval(ticking);
    clearTimeout(pause);
    for (const [place, name, listener] of heard) place.removeEventListener(name, listener);
  };
}
