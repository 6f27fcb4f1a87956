import type { ReaderPool } from "@imagetotext/core/ocr";
import { isReachable } from "@imagetotext/core/table";
import type { Api } from "./app.ts";
import type { HealthAnswer } from "./schema.ts";

/** 200 when the table and the engine answer, otherwise 503 saying which does not. */
export function healthRoute(app: Api, readers: ReaderPool): void {
  app.get("/health", async (c) => {
    const table = await isReachable();
    const engine = readers.ready;
    const body: HealthAnswer = {
      success: table && engine,
      data: { table: table ? "ok" : "failed", engine: engine ? "ok" : "failed" },
    };
    return c.json(body, body.success ? 200 : 503);
  });
}
