import { config } from "@imagetotext/core/config";
import { ReaderPool } from "@imagetotext/core/ocr";
import { handle } from "hono/aws-lambda";
import { createApp } from "./api/app.ts";
import { extractRoutes } from "./api/extract.ts";
import { healthRoute } from "./api/health.ts";
import { usageRoute } from "./api/usage.ts";
import { logBug } from "./log.ts";

/** Lambda entry of the OCR function. It parses hostile images, so it holds no private key. */
const app = createApp();
const readers = new ReaderPool({ ...config().ocr, onFault: logBug });
extractRoutes(app, readers);
usageRoute(app);
healthRoute(app, readers);

export const handler = handle(app);
