import { config } from "@imagetotext/core/config";
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import { type AssetName, assetUrl } from "./asset.ts";
import { hasSessionCookie } from "./cookie.ts";
import type { Problem } from "./form.ts";

export type PageOptions = {
  title: string;
  /** One sentence for search results and link previews. */
  description?: string;
  /** Scripts beside site.js. A page works without any. */
  scripts?: AssetName[];
  /** Where the main column stands: text is narrow, tables and code are wide. */
  width?: "narrow" | "wide";
  status?: 200 | 400 | 401 | 403 | 404 | 405 | 409 | 422 | 429 | 500 | 503;
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

const PUBLIC_LINKS = [
  ["/api-docs", "Docs"],
  ["/api-reference", "Reference"],
  ["/pricing", "Pricing"],
] as const;

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
        <header class="top">
          <div class="bar">
            <a class="brand" href="/">
              <Mark />
              {name}
            </a>
            <nav aria-label="Main">
              {PUBLIC_LINKS.map(([href, label]) => (
                <NavLink href={href} path={path} label={label} />
              ))}
            </nav>
            <nav aria-label="Account" class="account">
              {signedIn ? (
                <>
                  <NavLink href="/dashboard" path={path} label="Dashboard" />
                  <NavLink href="/playground" path={path} label="Playground" />
                  <NavLink href="/settings" path={path} label="Settings" />
                  <form method="post" action="/log-out">
                    <button class="link" type="submit">
                      Log out
                    </button>
                  </form>
                </>
              ) : (
                <>
                  <NavLink href="/log-in" path={path} label="Log in" />
                  <a class="button small" href="/sign-up">
                    Sign up
                  </a>
                </>
              )}
            </nav>
          </div>
        </header>
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

function NavLink({ href, path, label }: { href: string; path: string; label: string }) {
  return path === href ? (
    <a href={href} aria-current="page">
      {label}
    </a>
  ) : (
    <a href={href}>{label}</a>
  );
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" width="28" height="28">
      <path class="corners" d="M5 11V5h6M21 5h6v6M27 21v6h-6M11 27H5v-6" />
      <path class="letter" d="M11 11.5h10M16 11.5v10" />
    </svg>
  );
}
