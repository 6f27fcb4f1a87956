import { config } from "@imagetotext/core/config";
import type { Api } from "../api/app.ts";
import { siteUrl } from "../api/error.ts";
import { assetUrl } from "./asset.ts";
import { Boxes } from "./boxes.tsx";
import { Code, Snippets } from "./code.tsx";
import { fileExamples } from "./example.ts";
import { page } from "./layout.tsx";
import { sampleAnswer, sampleJson } from "./sample.ts";

export function landingRoute(app: Api): void {
  app.get("/", (c) => {
    const limit = config().freeDailyLimit;
    return page(
      c,
      {
        title: "text out of images, over HTTP",
        description:
          "An HTTP API that reads the text in images: one call, the text, a box and a confidence for each word. No image and no text is kept.",
      },
      <>
        <section class="hero">
          <div>
            <h1>Text out of images, over HTTP</h1>
            <p class="lead">
              Send a picture. Get its text, where each word stands, and how sure the engine is. No
              image and no text is kept.
            </p>
            <div class="actions">
              <a class="button" href="/sign-up">
                Get a token
              </a>
              <a class="button quiet" href="/api-docs">
                Read the docs
              </a>
            </div>
            <p class="hint">{limit.toLocaleString("en")} requests a day are free. No card.</p>
          </div>
          <Boxes
            raw={sampleAnswer.data.raw_response}
            src={assetUrl("receipt.jpg")}
            alt="A photo of a till receipt of the Harbour Street Bakery, slightly turned, with a box around each word that was read"
          />
        </section>
        <section aria-labelledby="call">
          <h2 id="call">One call, and its answer</h2>
          <p>
            This is the answer to the picture above (
            <a href="/sample/receipt.jpg" download>
              download it
            </a>
            ), word for word. Only <code>raw_response</code>, with the boxes, is cut short.
          </p>
          <div class="answer">
            <div>
              <Snippets
                id="landing-call"
                examples={fileExamples({ site: siteUrl(c), token: "<token>" })}
              />
            </div>
            <Code id="landing-answer" caption="200 OK" code={sampleJson("text")} wrap />
          </div>
        </section>
        <section class="grid facts" aria-label="What to know">
          <div>
            <h3>Boxes and confidence</h3>
            <p>
              Every word comes with its place in pixels of your image and a confidence from 0 to
              100. <a href="/api-docs#answer">See the answer</a>
            </p>
          </div>
          <div>
            <h3>Only an answer counts</h3>
            <p>
              An error gives the request back, whatever it is. What is left of the day stands in
              every answer. <a href="/pricing">See prices</a>
            </p>
          </div>
          <div>
            <h3>Nothing is kept</h3>
            <p>
              Images are read in memory and forgotten; the largest may be stored until they are
              read. We keep times, sizes and counts. <a href="/privacy">See what we keep</a>
            </p>
          </div>
          <div>
            <h3>Sixteen languages</h3>
            <p>
              From English and German to Arabic, Hindi and Chinese, up to four in one image.{" "}
              <a href="/api-docs#languages">See languages</a>
            </p>
          </div>
        </section>
      </>,
    );
  });
}
