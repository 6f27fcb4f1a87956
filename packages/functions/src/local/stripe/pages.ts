import type { Hono } from "hono";
import { html } from "hono/html";
import type { Ledger } from "./ledger.ts";
import { PRICES } from "./price.ts";

/** The two pages that Stripe hosts: where a plan is paid, and where a card is changed. */
export function pagesOf(app: Hono, ledger: Ledger): void {
  const document = (title: string, content: unknown) => html`<!doctype html>
    <html lang="en">
      <head><meta charset="utf-8" /><title>${title}</title></head>
      <body><h1>${title}</h1><p>This stands in for Stripe. Nothing is charged.</p>${content}</body>
    </html>`;
  const button = (action: string, label: string) =>
    html`<form method="post" action="${action}"><button>${label}</button></form>`;

  app.get("/pay/:id", (c) => {
    const session = ledger.sessions.get(c.req.param("id"));
    if (!session) return c.notFound();
    if (session.status !== "open") return c.html(document(`This page is ${session.status}`, ""));
    const names = session.prices.map((price) => PRICES[price].label).join(", ");
    return c.html(
      document(
        "Checkout",
        html`<p>${names}</p>${button(`/pay/${session.id}`, "Pay")}<a href="${session.cancelUrl}">Back</a>`,
      ),
    );
  });

  app.post("/pay/:id", (c) => {
    const session = ledger.sessions.get(c.req.param("id"));
    if (!session) return c.notFound();
    if (session.status === "open") ledger.complete(session);
    return c.redirect(session.successUrl, 303);
  });

  app.get("/portal/:customer", (c) => {
    const { id, declines } = ledger.customer(c.req.param("customer"));
    const back = c.req.query("back") ?? "/";
    const action = (name: string) => `/portal/${id}/${name}?back=${encodeURIComponent(back)}`;
    return c.html(
      document(
        "Customer portal",
        html`<p>Card: ${declines ? "declined" : "good"}</p>
          ${button(action("bad-card"), "Use a card that is declined")}
          ${button(action("good-card"), "Use a good card")}
          ${button(action("end-month"), "Let the month end")} <a href="${back}">Back</a>`,
      ),
    );
  });

  app.post("/portal/:customer/:action", (c) => {
    const { customer, action } = c.req.param();
    if (action === "end-month") {
      for (const subscription of ledger.subscriptionsOf(customer)) ledger.endPeriod(subscription);
    } else ledger.useCard(customer, action === "bad-card");
    const back = encodeURIComponent(c.req.query("back") ?? "/");
    return c.redirect(`/portal/${customer}?back=${back}`, 303);
  });
}
