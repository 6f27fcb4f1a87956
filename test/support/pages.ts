/** The pages that anybody may see. */
export const PUBLIC_PAGES = [
  "/",
  "/api-docs",
  "/api-reference",
  "/pricing",
  "/support",
  "/status",
  "/privacy",
  "/security",
  "/sign-up",
  "/log-in",
  "/forgot-password",
];

/** The pages of an account. */
export const OWN_PAGES = ["/dashboard", "/billing", "/settings", "/playground"];
