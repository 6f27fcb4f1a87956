import type { Api } from "../api/app.ts";
import { siteUrl } from "../api/error.ts";
import { aboutRoutes } from "./about.tsx";
import { assetRoutes } from "./asset.ts";
import { docsRoute } from "./docs.tsx";
import { landingRoute } from "./landing.tsx";
import { openApiDocument } from "./openapi.ts";
import { referenceRoute } from "./reference.tsx";
import { robotsRoutes } from "./robots.ts";

/** Everything that is not the hot path. */
export function webRoutes(app: Api): void {
  app.get("/openapi.json", (c) => c.json(openApiDocument(siteUrl(c))));
  assetRoutes(app);
  landingRoute(app);
  docsRoute(app);
  referenceRoute(app);
  aboutRoutes(app);
  robotsRoutes(app);
}
