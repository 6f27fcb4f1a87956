import * as Token from "@imagetotext/core/token";
import type { Api } from "../api/app.ts";
import { siteUrl } from "../api/error.ts";
import { assetUrl } from "./asset.ts";
import { Legend } from "./boxes.tsx";
import { Code } from "./code.tsx";
import { findSession, toLogIn } from "./cookie.ts";
import { curlExample } from "./example.ts";
import { readForm } from "./form.ts";
import { page } from "./layout.tsx";

/** Reads a picture in the browser, through the same endpoint that everybody calls. */
export function playgroundRoutes(app: Api): void {
  app.get("/playground", async (c) => {
    const session = await findSession(c, new Date());
    if (!session) return toLogIn(c);
    const curl = curlExample({ site: siteUrl(c), token: "<token>" });
    return page(
      c,
      { title: "Playground", scripts: ["playground.js"] },
      <>
        <h1>Playground</h1>
        <p class="lead">
          Read a picture here, through the same API. Each reading counts as one request of your day.
        </p>
        <noscript>
          <div class="notice warn">
            <p>The playground needs JavaScript. This call does the same:</p>
          </div>
          <Code id="noscript-curl" caption="cURL" code={curl} />
        </noscript>
        <form id="playground" hidden>
          <div class="drop" id="drop">
            <p>
              <strong>Drop a picture here, or paste one.</strong>
            </p>
            <p class="hint">jpeg, png, gif, bmp or webp, at most 5 MB</p>
            <div>
              <label for="picture" class="visually-hidden">
                Picture
              </label>
              <input id="picture" name="file" type="file" accept="image/*" />
            </div>
            <button
              type="button"
              id="sample"
              class="quiet small"
              data-src={assetUrl("receipt.jpg")}
            >
              Take the sample receipt
            </button>
          </div>
          <div class="field language">
            <label for="language">
              Language <span class="hint">optional, such as deu or deu+eng</span>
            </label>
            <input
              id="language"
              name="language"
              spellcheck={false}
              autocomplete="off"
              aria-describedby="language-error"
            />
            <p class="error" id="language-error" hidden />
          </div>
        </form>
        <div id="progress" role="status" aria-live="polite" />
        <section id="result" hidden aria-labelledby="result-title">
          <h2 id="result-title">Result</h2>
          <p id="summary" />
          <div class="answer">
            <figure class="boxes">
              <div class="frame" id="picture-frame" />
              <figcaption>
                <Legend />
              </figcaption>
            </figure>
            <div class="card">
              <div class="actions tight">
                <h3>Text</h3>
                <button type="button" class="quiet small" data-copy="text" hidden>
                  Copy
                </button>
              </div>
              <div id="text" class="words" />
            </div>
          </div>
          <h3>The same by cURL</h3>
          <Code id="curl" caption="cURL" code={curl} />
          <details class="snippet">
            <summary>The whole answer</summary>
            <Code id="json" caption="JSON" code="" tall />
          </details>
        </section>
      </>,
    );
  });

  app.post("/playground/token", async (c) => {
    await readForm(c);
    const now = new Date();
    const session = await findSession(c, now);
    if (!session) return toLogIn(c);
    const { token, expiresAt } = await Token.issueShortLived(session.account.accountId, now);
    return c.json({ token, expires_at: expiresAt.toISOString() });
  });
}
