import { VisibleError } from "@imagetotext/core/error";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { log } from "../log.ts";
import { toResponse } from "./error.ts";

export type ApiEnv = {
  Variables: {
    requestId: string;
    /** When the request arrived: `performance.now()`, ms. */
    startedAt: number;
    /** The request's field that holds the image. */
    imageField?: "image" | "file";
    /** What the log line of this request says besides its route and status. */
    logged: { accountId?: string; code?: string; bytes?: number };
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
];

/** An app without routes: what all our answers have in common, failures of the router included. */
export function createApp(): Api {
  const app: Api = new Hono<ApiEnv>({ strict: false });
  app.use(async (c, next) => {
    c.set("requestId", crypto.randomUUID());
    c.set("startedAt", performance.now());
    c.set("logged", {});
    await next();
    c.header("X-Request-Id", c.var.requestId);
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Cache-Control", "no-store");
    log({
      requestId: c.var.requestId,
      method: c.req.method,
      route: routeOf(app, c.req.path),
      status: c.res.status,
      ms: Math.round(performance.now() - c.var.startedAt),
      ...c.var.logged,
    });
  });
  app.use(
    cors({
      origin: "*",
      allowMethods: ["GET", "HEAD", "POST"],
      allowHeaders: ["Authorization", "Content-Type"],
      exposeHeaders: EXPOSED_HEADERS,
      maxAge: 86_400,
    }),
  );
  app.notFound((c) => {
    const allow = methodsAt(app, c.req.path);
    if (allow.length === 0) return toResponse(c, new VisibleError("route.not_found"));
    c.header("Allow", allow.join(", "));
    return toResponse(c, new VisibleError("route.method_not_allowed"));
  });
  app.onError((error, c) => toResponse(c, error));
  return app;
}

/** Hono answers a wrong method with 404; this tells the two apart. */
function methodsAt(app: Api, path: string): string[] {
  const methods = app.routes
    .filter((route) => route.method !== "ALL" && route.path === path)
    .flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  return [...new Set(methods)];
}

/** The log names only paths that exist: what a stranger types in a path is not ours to keep. */
function routeOf(app: Api, path: string): string {
  return methodsAt(app, path).length > 0 ? path : "unknown";
}
