/** Small comforts. Every page works without this file. */

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    if (!source) return;
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection()?.selectAllChildren(source);
      button.textContent = "Selected: press Ctrl C";
    }
    setTimeout(() => {
      button.textContent = label;
    }, 2000);
  });
}

/** The dashboard looks again while its first steps are open, for ten minutes at most. */
const POLL_MS = 2500;
let looks = 240;

async function refresh() {
  if (!document.querySelector("[data-poll]") || looks-- <= 0) return;
  if (document.visibilityState === "visible") {
    const response = await fetch("/dashboard").catch(() => undefined);
    if (response?.ok && !response.redirected) replaceLive(await response.text());
  }
  setTimeout(refresh, POLL_MS);
}

function replaceLive(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(old.id);
    if (next && next.innerHTML !== old.innerHTML) old.replaceWith(document.adoptNode(next));
  }
}

setTimeout(refresh, POLL_MS);
