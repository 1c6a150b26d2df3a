// Draws the page as it is shown into a PNG, with a line that says which set it is of.
// Stands before fragment.js in one module, after STYLE, which is components.css.

const SHARPNESS = 2;
const NOT_DRAWN = "This browser cannot draw the page. Print it to a file instead.";

// What stands outside the page's own root, colours above all, goes along by value.
function variablesOf(css) {
  const values = getComputedStyle(document.documentElement);
  const names = new Set(css.match(/--tw-[\w-]+/g));
  return [...names].map((name) => `${name}:${values.getPropertyValue(name)}`).join(";");
}

function copyOf(el, told) {
  const copy = el.cloneNode(true);
  for (const part of copy.querySelectorAll("form, button, .act, .take, .find, .turn")) part.remove();
  const line = Object.assign(document.createElement("p"), { className: "meta", textContent: told });
  copy.append(line);
  const css = STYLE.replaceAll(":host", ".picture");
  const style = Object.assign(document.createElement("style"), { textContent: css });
  const page = Object.assign(document.createElement("div"), { className: "picture" });
  page.setAttribute("style",
    `${variablesOf(css)};width:${el.clientWidth}px;padding:16px;background:var(--tw-bg)`);
  page.append(style, copy);
  return page;
}

function heightOf(page, el) {
  const place = document.createElement("div");
  place.style.cssText = "position:absolute;visibility:hidden";
  place.append(page);
  el.getRootNode().append(place);
  const height = page.scrollHeight;
  place.remove();
  return height;
}

async function draw(page, width, height) {
  const inner = new XMLSerializer().serializeToString(page);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`
    + `<foreignObject width="100%" height="100%">${inner}</foreignObject></svg>`;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"),
    { width: width * SHARPNESS, height: height * SHARPNESS });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

async function savePicture(el, button) {
  const { picture, told } = button.dataset;
  const status = button.closest(".take").querySelector("[role=status]");
  status.textContent = "Drawing…";
  try {
    const page = copyOf(el, told);
    const blob = await draw(page, el.clientWidth, heightOf(page, el));
    const link = Object.assign(document.createElement("a"),
      { href: URL.createObjectURL(blob), download: `${picture}.png` });
    link.click();
    URL.revokeObjectURL(link.href);
    status.textContent = "";
  } catch {
    status.textContent = NOT_DRAWN;
  }
}
