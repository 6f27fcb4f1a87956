import * as Billing from "@imagetotext/core/billing";
import { VisibleError } from "@imagetotext/core/error";
import type { Context } from "hono";
import type { Api } from "../api/app.ts";
import { findSession, toLogIn } from "./cookie.ts";

/** A month's requests as they were billed, day by day: their sum is the number on the invoice. */
export function usageExportRoutes(app: Api): void {
  app.get("/billing/usage.csv", async (c) => {
    const session = await findSession(c, new Date());
    if (!session) return toLogIn(c);
    const month = monthOf(c);
    const days = await Billing.listBilled(session.account.accountId, month);
    const rows = ["day,requests", ...days.map(({ day, requests }) => `${day},${requests}`)];
    return c.body(`${rows.join("\r\n")}\r\n`, 200, {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="usage-${month}.csv"`,
    });
  });

  app.get("/billing/usage.json", async (c) => {
    const session = await findSession(c, new Date());
    if (!session) return toLogIn(c);
    const month = monthOf(c);
    const days = await Billing.listBilled(session.account.accountId, month);
    const requests = days.reduce((sum, day) => sum + day.requests, 0);
    return c.json({ month, requests, days });
  });
}

function monthOf(c: Context): string {
  const month = c.req.query("month") ?? "";
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) {
    throw new VisibleError("billing.invalid_month", undefined, { field: "month" });
  }
  return month;
}
