// Posts forms of class "do" as JSON; what they did is told until a newer set shows it.
// Stands before fragment.js in one module.

const LOGGED_OUT = "Your login is over. Log in again in another tab, then try again.";
const NO_ANSWER = "Not saved: the workbench does not answer. Try again; nothing is done twice.";

const makeId = () => Array.from(
  crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function valueOf(field) {
  if (field.type === "checkbox") return field.checked || undefined;
  if (field.value === "") return undefined;
  if (field.type === "number") return Number(field.value);
  if (field.type === "date") return new Date(`${field.value}T00:00`).toISOString();
  if (field.name === "agrees") return field.value === "true";
  return field.value;
}

function bodyOf(form) {
  if (form.dataset.ids) return { action_ids: JSON.parse(form.dataset.ids) };
  if (!form.dataset.flags)
    return Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  form.dataset.act ??= makeId(); // the same form sent again is the same act
  const told = [...form.elements].filter((field) => field.name)
    .map((field) => [field.name, valueOf(field)]);
  return {
    action_id: form.dataset.act,
    flag_ids: JSON.parse(form.dataset.flags),
    seen_seq: Number(form.dataset.seen),
    ...Object.fromEntries(told.filter(([, value]) => value !== undefined)),
  };
}

async function post(form) {
  const answer = await fetch(form.getAttribute("action"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(bodyOf(form)),
  }).catch(() => null);
  if (answer?.ok) return { ids: (await answer.json()).action_ids };
  if (answer?.status === 401) return { problem: LOGGED_OUT };
  const problem = await answer?.json().catch(() => null);
  return { problem: problem?.detail ?? NO_ANSWER };
}

function undoForm(ids) {
  const form = document.createElement("form");
  Object.assign(form, { className: "do", method: "post" });
  form.setAttribute("action", "/v1/flag-actions/undo");
  form.dataset.ids = JSON.stringify(ids);
  const button = Object.assign(document.createElement("button"),
    { className: "plain", textContent: "Undo" });
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  form.append(button, status);
  return form;
}

const tutorOf = (form) => form.dataset.flags && JSON.parse(form.dataset.flags)[0].split("|")[0];
const keyOf = (form) => form.dataset.ids ?? `${form.dataset.flags} ${form.dataset.seen}`;

// What was done stays told until a newer set has it, and with it another key.
function tellDone(el, done) {
  for (const form of el.querySelectorAll("form.do")) {
    const told = done.get(keyOf(form));
    if (!told) continue;
    const place = form.closest(".act") ?? form;
    const words = document.createElement("p");
    words.setAttribute("role", "status");
    words.textContent = told.words;
    words.tabIndex = -1;
    words.id = `just-${tutorOf(form) ?? ""}`; // as the newer page calls it, which keeps the focus
    place.replaceChildren(words);
    if (told.ids) place.append(undoForm(told.ids));
  }
}

async function act(el, form, done) {
  const status = form.querySelector("[role=status]");
  const button = form.querySelector("button");
  status.textContent = "Saving…";
  button.disabled = true;
  const { ids, problem } = await post(form);
  button.disabled = false;
  status.textContent = problem ?? "";
  if (problem) return;
  const place = form.closest(".act") ?? form;
  if (!form.dataset.ids && !form.dataset.flags) {
    form.reset(); // the page shows what changed by itself
    return;
  }
  if (form.dataset.ids) takeBack(form, done);
  else done.set(keyOf(form), { words: "Done. Everybody sees it in a moment.", ids });
  tellDone(el, done);
  place.querySelector("[role=status]")?.focus({ preventScroll: true });
}

function takeBack(form, done) {
  const told = { words: "Taken back." };
  done.set(keyOf(form), told);
  for (const [key, { ids }] of done) if (JSON.stringify(ids) === form.dataset.ids) done.set(key, told);
}
