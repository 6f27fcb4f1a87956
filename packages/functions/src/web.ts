import { handle } from "hono/aws-lambda";
import { createApp } from "./api/app.ts";
import { failurePage } from "./web/failure.tsx";
import { webRoutes } from "./web/index.ts";

/** Lambda entry of the web function: everything but the OCR API. */
const app = createApp(failurePage);
webRoutes(app);

export const handler = handle(app);
