// Brings the first view to life, and tells when the live page does not come.
const LATE_MS = 20_000;
const first = firstView();
const endings = [...first.querySelectorAll("div")]
  .filter((host) => host.shadowRoot)
  .map((host) => listen(host.shadowRoot.lastElementChild, new Map()));
const late = setTimeout(() => { first.querySelector("[role=status]").hidden = false; }, LATE_MS);
first.addEventListener("over", () => {
  clearTimeout(late);
  for (const end of endings) end();
});
document.title = first.dataset.title;
