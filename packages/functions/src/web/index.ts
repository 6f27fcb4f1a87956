import { config } from "@imagetotext/core/config";
import type { Api } from "../api/app.ts";
import { openApiDocument } from "./openapi.ts";

/** Everything that is not the hot path. */
export function webRoutes(app: Api): void {
  app.get("/openapi.json", (c) =>
    c.json(openApiDocument(config().publicUrl ?? new URL(c.req.url).origin)),
  );
}
