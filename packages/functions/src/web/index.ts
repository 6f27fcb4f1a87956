import type { Api } from "../api/app.ts";
import { siteUrl } from "../api/error.ts";
import { aboutRoutes } from "./about.tsx";
import { assetRoutes } from "./asset.ts";
import { billingRoutes } from "./billing.tsx";
import { dashboardRoutes } from "./dashboard.tsx";
import { docsRoute } from "./docs.tsx";
import { landingRoute } from "./landing.tsx";
import { logInRoutes } from "./log-in.tsx";
import { openApiDocument } from "./openapi.ts";
import { playgroundRoutes } from "./playground.tsx";
import { pricingRoute } from "./pricing.tsx";
import { referenceRoute } from "./reference.tsx";
import { robotsRoutes } from "./robots.ts";
import { securityRoute } from "./security.tsx";
import { settingsRoutes } from "./settings.tsx";
import { signUpRoutes } from "./sign-up.tsx";
import { stripeRoute } from "./stripe.ts";
import { usageExportRoutes } from "./usage-export.ts";

/** Everything that is not the hot path. */
export function webRoutes(app: Api): void {
  app.get("/openapi.json", (c) => c.json(openApiDocument(siteUrl(c))));
  assetRoutes(app);
  landingRoute(app);
  docsRoute(app);
  referenceRoute(app);
  aboutRoutes(app);
  pricingRoute(app);
  securityRoute(app);
  robotsRoutes(app);
  signUpRoutes(app);
  logInRoutes(app);
  dashboardRoutes(app);
  playgroundRoutes(app);
  settingsRoutes(app);
  billingRoutes(app);
  usageExportRoutes(app);
  stripeRoute(app);
}
