// Shows HTML that Python has made and escaped. Links inside change the address without a reload;
// focus, typed text, open details and scroll survive a newer set of the same page.

// A way to find the same field or link in a newer page.
function selectorOf(element) {
  if (element?.matches("a[href]")) return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
  if (element?.matches("summary")) return `#${CSS.escape(element.parentElement.id)} > summary`;
  if (!element?.name) return element?.id ? `#${CSS.escape(element.id)}` : null;
  const place = element.closest("details[id], form[id]")?.id;
  return `${place ? `#${CSS.escape(place)} ` : ""}[name="${CSS.escape(element.name)}"]`;
}

const actOf = (form) =>
  `${form.getAttribute("action")} ${keyOf(form)} ${form.elements.action?.value ?? ""}`;
const wordsOf = (form) => form.querySelector("[role=status]") ?? {};

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
    problems: new Map([...el.querySelectorAll("form.do:not(:has(button:disabled))")]
      .map((form) => [actOf(form), wordsOf(form).textContent])),
  };
}

function restore(el, { open, focus, caret, fields, problems }) {
  for (const form of el.querySelectorAll("form.do"))
    wordsOf(form).textContent = problems.get(actOf(form)) ?? "";
  for (const id of open) el.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  for (const [selector, value, checked] of fields) {
    const field = el.querySelector(selector);
    if (field) Object.assign(field, { value, checked });
  }
  const element = focus && el.querySelector(focus);
  element?.focus({ preventScroll: true });
  if (element && caret) element.setSelectionRange(...caret);
}

function arrive(el) {
  scroller().scrollTop = history.state?.y ?? 0;
  el.querySelector("h1")?.focus({ preventScroll: true });
}

// The first view gives its place to the live page, with what was opened, typed and done meanwhile.
function takeOver(el, done) {
  const first = firstView();
  if (!first) return;
  const before = first.querySelector("main > div").shadowRoot?.lastElementChild;
  if (before?.querySelector("button:disabled")) { // what is being saved there is told there
    requestAnimationFrame(() => takeOver(el, done));
    return;
  }
  const kept = before && remember(before);
  const { scrollTop } = first;
  first.dispatchEvent(new Event("over"));
  first.remove();
  tellDone(el, done);
  if (kept) restore(el, kept);
  scroller().scrollTop = scrollTop;
}

export default {
  render({ model, el }) {
    const done = firstView()?.done ?? new Map();
    let shown = null;
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
      // in two frames head and foot are there too
      if (shown === null)
        requestAnimationFrame(() => requestAnimationFrame(() => takeOver(el, done)));
      else if (shown !== page.view && !history.state?.stays) arrive(el);
      shown = page.view;
    };
    model.on("change:page", show);
    show();
    const rest = listen(el, done);
    return () => {
      rest();
      model.off("change:page", show);
    };
  },
};
