import { VisibleError } from "@imagetotext/core/error";
import type { ReaderPool } from "@imagetotext/core/ocr";
import { isReachable } from "@imagetotext/core/table";
import type { Api } from "./app.ts";
import type { HealthAnswer } from "./schema.ts";

/** 200 when the table and the engine answer, otherwise 503 that says which does not. */
export function healthRoute(app: Api, readers: ReaderPool): void {
  app.get("/health", async (c) => {
    const table = await isReachable();
    const engine = readers.ready;
    if (!table || !engine) {
      const state = (answers: boolean) => (answers ? "ok" : "failed");
      throw new VisibleError(
        "server.unhealthy",
        `table: ${state(table)}, engine: ${state(engine)}`,
      );
    }
    return c.json({ success: true, data: { table: "ok", engine: "ok" } } satisfies HealthAnswer);
  });
}
