import { config } from "@imagetotext/core/config";
import { ERRORS, type ErrorCode } from "@imagetotext/core/error";
import type { Child } from "hono/jsx";
import type { Api } from "../api/app.ts";
import { STATUS, siteUrl } from "../api/error.ts";
import { Code, Snippets } from "./code.tsx";
import { base64Example, curlExample, fileExamples, retryExample } from "./example.ts";
import { page } from "./layout.tsx";
import { sampleJson } from "./sample.ts";

const SECTIONS = [
  ["authentication", "Authentication"],
  ["base-url", "Base URL"],
  ["endpoints", "Endpoints"],
  ["answer", "The answer"],
  ["status-codes", "Status codes"],
  ["examples", "Examples"],
  ["notes", "Notes"],
  ["languages", "Languages"],
  ["limits", "Limits"],
  ["retries", "Retries"],
  ["errors", "Error catalogue"],
] as const;

export function docsRoute(app: Api): void {
  app.get("/api-docs", (c) => {
    const site = siteUrl(c);
    const values = { site, token: "<token>" };
    return page(
      c,
      {
        title: "API documentation",
        description:
          "How to read the text of an image by one HTTP call: authentication, endpoints, examples, errors.",
      },
      <div class="docs">
        <nav class="toc wide-only" aria-label="On this page">
          <Contents />
        </nav>
        <article>
          <h1>API documentation</h1>
          <p class="lead">
            One call reads one image. <a href="/sign-up">Sign up</a>, generate a token in the{" "}
            <a href="/dashboard">dashboard</a>, and run this:
          </p>
          <Code id="first-call" caption="cURL" code={curlExample(values)} />
          <details class="snippet phone-only">
            <summary>On this page</summary>
            <nav class="toc" aria-label="On this page">
              <Contents />
            </nav>
          </details>
          <p>
            No picture at hand? Take{" "}
            <a href="/sample/receipt.jpg" download>
              our receipt
            </a>
            . To try calls in the browser, see the <a href="/api-reference">reference</a>.
          </p>

          <Heading id="authentication" />
          <p>Send your token with every call:</p>
          <Code id="header" caption="Header" code="Authorization: Bearer <token>" />
          <p>
            You have one token. It begins with <code>itt_</code> and is valid for 6 months. A new
            one ends the one before at once, and today's count stays. It is shown once: keep it like
            a password, on a server, never in a web page or an app.
          </p>

          <Heading id="base-url" />
          <Code id="base" caption="Base URL" code={`${site}/api/ocr`} />

          <Heading id="endpoints" />
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Call</th>
                  <th scope="col">Body</th>
                </tr>
              </thead>
              <tbody>
                <Row call="POST /extract-text">
                  JSON: <code>image</code>, a data URI with the base64 of the file; optionally{" "}
                  <code>language</code>
                </Row>
                <Row call="POST /extract-text-from-file">
                  multipart/form-data: <code>file</code>; optionally <code>language</code>
                </Row>
                <Row call="GET /usage">
                  No body. Today's limit, what is used and left, when the day ends. Free of charge
                </Row>
              </tbody>
            </table>
          </div>

          <Heading id="answer" />
          <p>
            To our receipt. Of each list only the first item is shown here; <code>…</code> stands
            for the rest.
          </p>
          <Code id="answer-json" caption="200 OK" code={sampleJson("boxes")} tall />
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Field</th>
                  <th scope="col">Meaning</th>
                </tr>
              </thead>
              <tbody>
                <Row call="text">The text, line by line. Empty on a blank image.</Row>
                <Row call="processing_time">Seconds, with 2 decimals.</Row>
                <Row call="confidence">Integer from 0 to 100; 0 when there is no text.</Row>
                <Row call="language">The language asked for or detected, otherwise null.</Row>
                <Row call="raw_response">
                  Pages, blocks, lines and words, each with its text, confidence and{" "}
                  <code>bbox</code>: pixels of the image as you sent it. <code>rotation</code> says
                  by how many degrees clockwise it was turned to read it; <code>warnings</code> have
                  a stable code.
                </Row>
              </tbody>
            </table>
          </div>

          <Heading id="status-codes" />
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Status</th>
                  <th scope="col">When</th>
                </tr>
              </thead>
              <tbody>
                <Row call="200">The image was read. Only this counts.</Row>
                <Row call="401">The token is missing, wrong, expired or replaced.</Row>
                <Row call="403">The account is not verified, or is suspended.</Row>
                <Row call="404">There is nothing at this address.</Row>
                <Row call="405">
                  The address is right, the method is not: see the header <code>Allow</code>.
                </Row>
                <Row call="409">
                  A request with this <code>Idempotency-Key</code> is under way.
                </Row>
                <Row call="422">
                  The image or the body is wrong: <code>errors</code> names the field.
                </Row>
                <Row call="429">
                  All requests of today are used, or your cap is reached: <code>Retry-After</code>{" "}
                  says how many seconds are left.
                </Row>
                <Row call="500">Our fault. Not counted.</Row>
                <Row call="503">
                  Busy, or it took too long. Not counted: try again after <code>Retry-After</code>{" "}
                  seconds.
                </Row>
              </tbody>
            </table>
          </div>
          <p>
            They are checked in this order: 404 and 405, 401, 403, 429, 422. With an{" "}
            <a href="#retries">
              <code>Idempotency-Key</code>
            </a>{" "}
            the body is looked at first: 422 comes before 401 of a replaced token, 403 and 429.
            Answers are JSON, whatever <code>Accept</code> says.
          </p>

          <Heading id="examples" />
          <p>
            Put your token in place of <code>&lt;token&gt;</code>, and a file of yours in place of{" "}
            <code>receipt.jpg</code>.
          </p>
          <Snippets id="example" examples={[...fileExamples(values), base64Example(values)]} />

          <Heading id="notes" />
          <ul>
            <li>
              Formats: jpeg, png, gif, bmp and webp. The bytes decide the format; another declared
              type is only a warning.
            </li>
            <li>
              At most 5 MB (5,242,880 bytes, counted after base64), 40 megapixels and 10,000 pixels
              a side.
            </li>
            <li>
              A request of more than 4.7 MB may be answered with a redirect (303) to its answer.
              Most clients follow it by themselves; with cURL, add <code>-L</code>, with PHP{" "}
              <code>CURLOPT_FOLLOWLOCATION</code>, as the examples do.
            </li>
            <li>Base64 may have line breaks, lack its padding, or use the url-safe alphabet.</li>
            <li>Of an animated image the first frame is read.</li>
            <li>
              A blank image is answered with 200, empty text and the warning{" "}
              <code>no_text_detected</code>. It counts.
            </li>
            <li>Letters should be at least 10 pixels high. Sharp and straight reads best.</li>
            <li>
              Every answer has a header <code>X-Request-Id</code>. Give it to{" "}
              <a href="/support">support</a> when something is wrong.
            </li>
          </ul>

          <Heading id="languages" />
          <p>
            English is read unless <code>language</code> says otherwise or the script is clearly
            another one. Join up to four codes by <code>+</code>, the main one first:{" "}
            <code>deu+eng</code>. With <code>auto</code> the language is looked for.
          </p>
          <ul class="languages">
            {Object.entries(LANGUAGES).map(([code, name]) => (
              <li>
                <code>{code}</code> {name}
              </li>
            ))}
          </ul>

          <Heading id="limits" />
          <p>
            A free account has {config().freeDailyLimit.toLocaleString("en")} requests a day, from
            00:00 to 24:00 UTC. <a href="/pricing">Other plans</a> have more. Every answer to a
            valid token says what is left:
          </p>
          <Code
            id="limit-headers"
            caption="Headers"
            code={`RateLimit-Policy: "daily";q=100;w=86400
RateLimit: "daily";r=57;t=30211
X-RateLimit-Limit: 100
X-RateLimit-Remaining: 57
X-RateLimit-Reset: 1795392000`}
          />

          <Heading id="retries" />
          <p>
            When an answer is lost, you cannot know whether the request counted. Send an{" "}
            <code>Idempotency-Key</code>, 1 to 255 characters of your choice, with either endpoint,
            and the same key with each retry:
          </p>
          <Code id="retry" caption="cURL" code={retryExample(values)} />
          <ul>
            <li>
              A key is kept for 24 hours. A retry of what was answered is answered again, with{" "}
              <code>Idempotency-Replayed: true</code>, and is not charged, also when the day is used
              up.
            </li>
            <li>
              No text is kept: the image is read again, so a key is replayed 20 times at most.
            </li>
            <li>
              A retry while the first request still runs gets 409{" "}
              <code>idempotency.in_progress</code>.
            </li>
            <li>
              The same key with another image or language gets 422. When the first request failed,
              the key is free again.
            </li>
          </ul>

          <Heading id="errors" />
          <p>
            Every error has one shape. <code>code</code> and <code>message</code> never change;{" "}
            <code>detail</code> says what to do next; <code>doc_url</code> leads to the line below.
          </p>
          <Code id="error-json" caption="422" code={errorExample(site)} />
          <dl class="catalogue errors">
            {(Object.keys(ERRORS) as ErrorCode[]).map((code) => (
              <div id={code}>
                <dt>
                  <a href={`#${code}`}>
                    <code>{code}</code>
                  </a>{" "}
                  <span class={STATUS[ERRORS[code].kind] < 500 ? "tag warn" : "tag bad"}>
                    {STATUS[ERRORS[code].kind]}
                  </span>
                </dt>
                <dd>
                  <strong>{ERRORS[code].message}.</strong> {inCode(ERRORS[code].advice)}
                </dd>
              </div>
            ))}
          </dl>
        </article>
      </div>,
    );
  });
}

function Contents() {
  return (
    <ul>
      {SECTIONS.map(([id, label]) => (
        <li>
          <a href={`#${id}`}>{label}</a>
        </li>
      ))}
    </ul>
  );
}

function Heading({ id }: { id: (typeof SECTIONS)[number][0] }) {
  const [, label] = SECTIONS.find(([known]) => known === id) ?? [];
  return <h2 id={id}>{label}</h2>;
}

function Row({ call, children }: { call: string; children: Child }) {
  return (
    <tr>
      <td>
        <code>{call}</code>
      </td>
      <td>{children}</td>
    </tr>
  );
}

function errorExample(site: string): string {
  const code = "image.unsupported_format";
  const { message, advice } = ERRORS[code];
  const answer = {
    success: false,
    message,
    detail: advice,
    code,
    doc_url: `${site}/api-docs#${code}`,
    request_id: "2f882f78-afea-4be6-96a8-4681e4c6be29",
    errors: { file: [advice] },
  };
  return JSON.stringify(answer, null, 2);
}

/** What stands between backticks is code. */
function inCode(text: string): Child[] {
  return text.split("`").map((part, index) => (index % 2 ? <code>{part}</code> : part));
}

/** What is bundled. The web function has no language data of its own to look at; a test compares. */
export const LANGUAGES = {
  ara: "Arabic",
  chi_sim: "Chinese (simplified)",
  chi_tra: "Chinese (traditional)",
  deu: "German",
  ell: "Greek",
  eng: "English",
  fra: "French",
  heb: "Hebrew",
  hin: "Hindi",
  ita: "Italian",
  jpn: "Japanese",
  kor: "Korean",
  por: "Portuguese",
  rus: "Russian",
  spa: "Spanish",
  tha: "Thai",
};
