import type { Server } from "node:http";
import type { Socket } from "node:net";
import { serve } from "@hono/node-server";
import { config } from "@imagetotext/core/config";
import { VisibleError } from "@imagetotext/core/error";
import type { ReaderPool } from "@imagetotext/core/ocr";
import { createApp } from "../api/app.ts";
import { extractRoutes } from "../api/extract.ts";
import { failureBody } from "../api/failure.ts";
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
    server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) =>
      refuse(error, socket),
    );
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

/** What is no HTTP never reaches the app; it is answered in the same shape. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const invalid = new VisibleError("request.invalid_http");
  const site = config().site.baseUrl ?? "";
  const body = JSON.stringify(failureBody(invalid, site, crypto.randomUUID()));
  const head = [
    "HTTP/1.1 422 Unprocessable Entity",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
