import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import type { ReaderPool } from "@imagetotext/core/ocr";
import { createApp } from "../api/app.ts";
import { extractRoutes } from "../api/extract.ts";
import { healthRoute } from "../api/health.ts";
import { usageRoute } from "../api/usage.ts";
import { failurePage } from "../web/failure.tsx";
import { webRoutes } from "../web/index.ts";
import { outboxRoute } from "./outbox.tsx";

/** Both functions' routes in one app. */
export function localApp(readers: ReaderPool) {
  const app = createApp(failurePage);
  extractRoutes(app, readers);
  usageRoute(app);
  healthRoute(app, readers);
  webRoutes(app);
  outboxRoute(app);
  return app;
}

export type LocalServer = { url: string; close: () => Promise<void> };

/** @param port 0 picks a free one. `close` waits for the requests under way. */
export function listen(readers: ReaderPool, port: number, hostname: string): Promise<LocalServer> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: localApp(readers).fetch, port, hostname }, (address) => {
      resolve({ url: `http://localhost:${address.port}`, close: () => close(server as Server) });
    });
    server.once("error", reject);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
