import { config } from "@imagetotext/core/config";
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import { type AssetName, assetUrl } from "./asset.ts";
import { hasSessionCookie } from "./cookie.ts";
import type { Problem } from "./form.ts";
import { Header } from "./header.tsx";

type PageOptions = {
  title: string;
  /** One sentence for search results and link previews. */
  description?: string;
  /** Scripts beside site.js. A page works without any. */
  scripts?: AssetName[];
  /** Of the main column: a single form is slim, text is narrow, tables and code are wide. */
  width?: "slim" | "narrow" | "wide";
  status?: 200 | 303 | 400 | 401 | 403 | 404 | 405 | 409 | 422 | 429 | 500 | 503;
  /** What is wrong with the form that the page shows again: it decides the status. */
  problem?: Problem | undefined;
};

/** A whole page in the one layout. */
export function page(
  c: Context,
  options: PageOptions,
  content: Child,
): Response | Promise<Response> {
  const document = (
    <Layout options={options} path={c.req.path} signedIn={hasSessionCookie(c)} content={content} />
  );
  const { status = 200, problem } = options;
  if (problem?.retryAfter) c.header("Retry-After", String(problem.retryAfter));
  return c.html(`<!doctype html>${document}`, problem?.status ?? status);
}

const FOOTER_LINKS = [
  ["/support", "Support"],
  ["/status", "Status"],
  ["/privacy", "Privacy"],
  ["/security", "Security"],
  ["/llms.txt", "llms.txt"],
  ["/openapi.json", "openapi.json"],
] as const;

function Layout(props: { options: PageOptions; path: string; signedIn: boolean; content: Child }) {
  const { options, path, signedIn, content } = props;
  const { name } = config().site;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{path === "/" ? `${name}: ${options.title}` : `${options.title} · ${name}`}</title>
        {options.description && <meta name="description" content={options.description} />}
        <link rel="icon" href={assetUrl("icon.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={assetUrl("style.css")} />
        {["site.js" as const, ...(options.scripts ?? [])].map((script) => (
          <script type="module" src={assetUrl(script)} />
        ))}
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <Header path={path} signedIn={signedIn} />
        <main id="main" class={options.width ?? "wide"}>
          {content}
        </main>
        <footer class="bottom">
          <div class="bar">
            <p>{name} reads the text in images.</p>
            <nav aria-label="More">
              {FOOTER_LINKS.map(([href, label]) => (
                <a href={href}>{label}</a>
              ))}
            </nav>
          </div>
        </footer>
      </body>
    </html>
  );
}
