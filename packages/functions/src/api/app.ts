import { config } from "@imagetotext/core/config";
import { VisibleError } from "@imagetotext/core/error";
import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { log } from "../log.ts";
import { metricsOf } from "../metrics.ts";
import { type FailurePage, toResponse } from "./error.ts";

export type ApiEnv = {
  Variables: {
    requestId: string;
    /** When the request arrived: `performance.now()`, ms. */
    startedAt: number;
    /** The request's field that holds the image. */
    imageField?: "image" | "file";
    /** What the log line of this request says besides its route and status. */
    logged: {
      accountId?: string;
      code?: string;
      bytes?: number;
      /** From the image's turn to its result, waiting included. */
      readMs?: number;
      confidence?: number;
      /** 1 where a counted request was given back. */
      giveBacks?: number;
    };
  };
};

export type Api = Hono<ApiEnv>;

const EXPOSED_HEADERS = [
  "X-Request-Id",
  "RateLimit",
  "RateLimit-Policy",
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
  "Retry-After",
  "WWW-Authenticate",
  "Idempotency-Replayed",
];

/** Open to the pages of any site: they send a token of their own, never our cookies. */
const PUBLIC_JSON = ["/api/*", "/health", "/openapi.json"];

/** A GET that counts. A HEAD of it would be charged for an answer that is thrown away. */
const WITHOUT_HEAD = /\/stored$/;

/** The calls that metrics are about. */
const MEASURED = "/api/ocr/extract-";

/**
 * What a page may load comes from us, and no other site may frame it. There is no inline script. A form
 * may lead on to Stripe's pages: browsers ask `form-action` about the address of a redirect too.
 */
const contentSecurityPolicy = () =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    ["form-action 'self'", ...(config().stripe?.pages ?? [])].join(" "),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/**
 * An app without routes: what all our answers have in common, failures of the router included.
 * @param failurePage shows a failure outside the API to people; without it they see its JSON
 */
export function createApp(failurePage?: FailurePage): Api {
  const app: Api = new Hono<ApiEnv>({ strict: false });
  app.use(async (c, next) => {
    c.set("requestId", crypto.randomUUID());
    c.set("startedAt", performance.now());
    c.set("logged", {});
    await next();
    c.header("X-Request-Id", c.var.requestId);
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Content-Security-Policy", contentSecurityPolicy());
    c.header("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    c.header("Referrer-Policy", "strict-origin-when-cross-origin");
    if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
    const line = {
      requestId: c.var.requestId,
      method: c.req.method,
      route: routeOf(app, c.req.path),
      status: c.res.status,
      ms: Math.round(performance.now() - c.var.startedAt),
      ...c.var.logged,
    };
    const isMeasured = process.env.METRICS === "on" && line.route.startsWith(MEASURED);
    log(line, isMeasured ? metricsOf(line, new Date()) : {});
  });
  const openToAll = cors({
    origin: "*",
    allowMethods: ["GET", "HEAD", "POST"],
    allowHeaders: ["Authorization", "Content-Type", "Idempotency-Key"],
    exposeHeaders: EXPOSED_HEADERS,
    maxAge: 86_400,
  });
  for (const path of PUBLIC_JSON) app.use(path, openToAll);
  const fail = (c: Context<ApiEnv>, error: Error) => toResponse(c, error, failurePage);
  app.notFound((c) => {
    const allow = methodsAt(app, c.req.path);
    if (allow.length === 0) return fail(c, new VisibleError("route.not_found"));
    c.header("Allow", allow.join(", "));
    return fail(c, new VisibleError("route.method_not_allowed"));
  });
  app.onError((error, c) => fail(c, error));
  return app;
}

/** Hono answers a wrong method with 404; this tells the two apart. */
function methodsAt(app: Api, path: string): string[] {
  const methods = app.routes
    .filter((route) => route.method !== "ALL" && route.path === path)
    .flatMap(({ method }) =>
      method === "GET" && !WITHOUT_HEAD.test(path) ? ["GET", "HEAD"] : [method],
    );
  return [...new Set(methods)];
}

/** The log names only paths that exist: what a stranger types in a path is not ours to keep. */
function routeOf(app: Api, path: string): string {
  return methodsAt(app, path).length > 0 ? path : "unknown";
}
