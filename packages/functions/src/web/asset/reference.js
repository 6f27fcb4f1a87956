/** Makes the calls of the reference page work. Without this file the page is for reading only. */

const tokenField = document.getElementById("token");
document.getElementById("try-token").hidden = false;

for (const form of document.querySelectorAll("form.try")) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    try {
      await send(form);
    } finally {
      button.disabled = false;
    }
  });
}

/** A link to a type opens it. */
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
addEventListener("hashchange", openTarget);
openTarget();

async function send(form) {
  const { method, path, type, authenticated } = form.dataset;
  const headers = {};
  if (authenticated === "yes") headers.Authorization = `Bearer ${tokenField.value.trim()}`;
  if (type === "application/json") headers["Content-Type"] = type;
  const start = performance.now();
  const result = form.querySelector(".result");
  try {
    const body = type ? await bodyOf(form, type) : undefined;
    const response = await fetch(path, { method, headers, body });
    const took = Math.round(performance.now() - start);
    show(result, `${response.status} after ${took} ms`, await response.json());
  } catch {
    show(result, "No answer. Are you connected?", {});
  }
}

async function bodyOf(form, type) {
  const language = form.elements.language.value.trim();
  const [file] = form.elements.file.files;
  if (type === "application/json") {
    const image = await dataUri(file);
    return JSON.stringify(language ? { image, language } : { image });
  }
  const data = new FormData();
  data.append("file", file);
  if (language) data.append("language", language);
  return data;
}

function dataUri(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

function show(result, line, answer) {
  result.hidden = false;
  result.querySelector(".took").textContent = line;
  result.querySelector("code").textContent = JSON.stringify(answer, null, 2);
}
