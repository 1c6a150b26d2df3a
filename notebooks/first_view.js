// Brings the first view to life, and tells when the live page does not come.
const LATE_MS = 20_000;

// marimo keeps a browser busy for a second as it starts: not before this page is on the screen
function startLivePage() {
  const held = document.getElementById("live-page");
  held.replaceWith(held.content);
}

// its script asks at once for what stands at the end of the document
document.addEventListener("DOMContentLoaded", () => {
  if (document.hidden) startLivePage(); // no frame is drawn of what nobody looks at
  else requestAnimationFrame(() => setTimeout(startLivePage));
});

const first = firstView();
first.done = new Map(); // the live page goes on with it
const endings = [...first.querySelectorAll("div")]
  .filter((host) => host.shadowRoot)
  .map((host) => listen(host.shadowRoot.lastElementChild, first.done));
const late = setTimeout(() => { first.querySelector("[role=status]").hidden = false; }, LATE_MS);
first.addEventListener("over", () => {
  clearTimeout(late);
  for (const end of endings) end();
});
document.title = first.dataset.title;
