/** Reads a picture through the API with a token of five minutes, and shows what came back. */

const ENDPOINT = "/api/ocr/extract-text-from-file";
const SVG = "http://www.w3.org/2000/svg";

const form = document.getElementById("playground");
const drop = document.getElementById("drop");
const picture = document.getElementById("picture");
const sample = document.getElementById("sample");
const progress = document.getElementById("progress");
const result = document.getElementById("result");
const frame = document.getElementById("picture-frame");
const text = document.getElementById("text");
const language = document.getElementById("language");
const languageProblem = document.getElementById("language-error");

form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
picture.addEventListener("change", () => read(picture.files[0]));
sample.addEventListener("click", async () => {
  const response = await fetch(sample.dataset.src);
  await read(new File([await response.blob()], "receipt.jpg", { type: "image/jpeg" }));
});
addEventListener("paste", (event) => read(event.clipboardData?.files[0]));
for (const type of ["dragenter", "dragover"]) {
  drop.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  void read(event.dataTransfer.files[0]);
});

let reading = false;

async function read(file) {
  if (!file || reading) return;
  reading = true;
  sample.disabled = true;
  showProgress(`Reading ${file.name} …`);
  try {
    const answer = await send(file);
    if (answer.success) show(file, answer);
    else fail(answer);
  } catch {
    fail({ message: "No answer", detail: "Are you connected? Try again." });
  } finally {
    reading = false;
    sample.disabled = false;
  }
}

async function send(file) {
  const issued = await fetch("/playground/token", { method: "POST", body: new URLSearchParams() });
  if (issued.redirected) {
    location.assign("/log-in?notice=ended");
    return new Promise(() => {});
  }
  const ticket = await issued.json();
  if (!ticket.token) return ticket;
  const body = new FormData();
  body.append("file", file);
  if (language.value.trim()) body.append("language", language.value.trim());
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: { Authorization: `Bearer ${ticket.token}` },
    body,
  });
  const answer = await response.json();
  return { ...answer, left: response.headers.get("X-RateLimit-Remaining") };
}

function showLanguageProblem(problem) {
  languageProblem.textContent = problem;
  languageProblem.hidden = problem === "";
  language.setAttribute("aria-invalid", String(problem !== ""));
  if (problem) language.focus();
}

function showProgress(line) {
  showLanguageProblem("");
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", "Reading");
  const paragraph = document.createElement("p");
  paragraph.textContent = line;
  progress.replaceChildren(paragraph, bar);
}

function fail({ message, detail, code, errors }) {
  result.hidden = true;
  if (errors?.language) {
    progress.replaceChildren();
    showLanguageProblem(errors.language[0]);
    return;
  }
  const box = document.createElement("div");
  box.className = "notice bad";
  const paragraph = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = `${message}. `;
  paragraph.append(strong, detail);
  if (code) {
    const link = document.createElement("a");
    link.href = `/api-docs#${code}`;
    link.textContent = code;
    paragraph.append(" ", link);
  }
  box.append(paragraph);
  progress.replaceChildren(box);
}

function show(file, { left, ...answer }) {
  const { confidence, processing_time, raw_response } = answer.data;
  progress.replaceChildren();
  result.hidden = false;
  document.getElementById("summary").textContent =
    `Confidence ${confidence}, ${processing_time} s. ${left} requests left today.`;
  document.getElementById("json").textContent = JSON.stringify(answer, null, 2);
  const curl = document.getElementById("curl");
  curl.textContent = curl.textContent.replace(/file=@\S+/, `file=@${shellName(file.name)}`);
  drawPicture(file, raw_response);
  drawWords(raw_response);
  result.scrollIntoView({ block: "start" });
}

/** Names with other characters are quoted for the shell. */
function shellName(name) {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

const wordsOf = (raw) =>
  raw.pages.flatMap(({ blocks }) =>
    blocks.flatMap(({ lines }) => lines.flatMap((line) => line.words)),
  );

/** The picture as it was read: a photo that lies on its side stands up, and its boxes with it. */
function drawPicture(file, raw) {
  const { width, height } = raw.image;
  const turn = (Math.round(raw.rotation / 90) * 90) % 360;
  const isAcross = turn % 180 !== 0;
  const svg = draw("svg", {
    viewBox: isAcross ? `0 0 ${height} ${width}` : `0 0 ${width} ${height}`,
    role: "img",
    "aria-label": "The picture that was read",
  });
  const turned = draw("g", { transform: turnedBy(turn, width, height) });
  // Boxes are in pixels of the file as stored, so the browser must not turn it by its EXIF.
  const image = draw("image", { class: "as-stored", width, height });
  const url = URL.createObjectURL(file);
  for (const end of ["load", "error"]) {
    image.addEventListener(end, () => URL.revokeObjectURL(url));
  }
  image.setAttribute("href", url);
  turned.append(image, ...wordsOf(raw).map(drawBox));
  svg.append(turned);
  frame.replaceChildren(svg);
}

/** Clockwise, and back to where x and y begin at 0. */
function turnedBy(degrees, width, height) {
  const [x, y] = { 90: [height, 0], 180: [width, height], 270: [0, width] }[degrees] ?? [0, 0];
  return `translate(${x} ${y}) rotate(${degrees})`;
}

function drawBox({ bbox: { x0, y0, x1, y1 }, confidence, text: word }, index) {
  const box = { x: x0, y: y0, width: x1 - x0, height: y1 - y0, class: sureness(confidence) };
  const rect = draw("rect", { ...box, "data-word": index });
  const title = draw("title", {});
  title.textContent = `${word} (${confidence})`;
  rect.append(title);
  return rect;
}

function draw(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function drawWords(raw) {
  text.replaceChildren();
  let index = 0;
  for (const page of raw.pages) {
    for (const [number, block] of page.blocks.entries()) {
      if (number > 0) text.append("\n\n");
      for (const [row, line] of block.lines.entries()) {
        if (row > 0) text.append("\n");
        for (const [column, word] of line.words.entries()) {
          if (column > 0) text.append(" ");
          const mark = document.createElement("mark");
          mark.textContent = word.text;
          mark.className = sureness(word.confidence);
          mark.dataset.word = index++;
          text.append(mark);
        }
      }
    }
  }
  if (index === 0) text.textContent = "No text was found.";
}

for (const [type, lit] of [
  ["pointerover", true],
  ["pointerout", false],
]) {
  result.addEventListener(type, ({ target }) => {
    const word = target.dataset?.word;
    if (word === undefined) return;
    for (const part of result.querySelectorAll(`[data-word="${word}"]`)) {
      part.classList.toggle("lit", lit);
    }
  });
}

/** boxes.tsx draws by the same rule. */
function sureness(confidence) {
  if (confidence >= 90) return "good";
  return confidence >= 70 ? "fair" : "poor";
}
