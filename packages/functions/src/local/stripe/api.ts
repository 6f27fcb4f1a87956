import { Hono } from "hono";
import { invoiceJson, subscriptionJson } from "./json.ts";
import type { Ledger } from "./ledger.ts";
import { METER, type PriceId } from "./price.ts";
import { Refusal } from "./record.ts";

/** What goes wrong with a call: it is not carried out, or it is and its answer never arrives. */
type Fault = "refused" | "lost" | undefined;

/** @param call method and path. A promise keeps the caller waiting. */
export type FaultOf = (call: string) => Fault | Promise<Fault>;

/** Exactly the calls that core/billing makes, with as much of their answers as it reads. */
export function apiOf(ledger: Ledger, origin: () => string, faultOf: FaultOf): Hono {
  const app = new Hono();
  goWrong(app, faultOf);
  app.onError((error, c) => {
    if (!(error instanceof Refusal)) throw error;
    const { message, code } = error;
    return c.json({ error: { type: "invalid_request_error", message, code } }, error.status as 400);
  });
  customers(app, ledger);
  hostedPages(app, ledger, origin);
  subscriptions(app, ledger);
  meters(app, ledger);
  invoices(app, ledger);
  return app;
}

/** Lets calls fail as `faultOf` says. One that comes again with its idempotency key is answered as before. */
function goWrong(app: Hono, faultOf: FaultOf): void {
  const answered = new Map<string, unknown>();
  app.use(async (c, next) => {
    const fault = await faultOf(`${c.req.method} ${c.req.path}`);
    if (fault === "refused") return c.json({ error: { message: "Try again" } }, 500);
    const key = c.req.header("idempotency-key");
    const before = key && answered.get(key);
    if (before) c.res = c.json(before);
    else {
      await next();
      if (key && c.res.ok) answered.set(key, await c.res.clone().json());
    }
    if (fault === "lost") {
      const { incoming } = c.env as { incoming: { socket: { destroy: () => void } } };
      incoming.socket.destroy();
    }
  });
}

function customers(app: Hono, ledger: Ledger): void {
  app.post("/v1/customers", async (c) => {
    const { get } = await form(c.req);
    const { id } = ledger.addCustomer(get("email"), get("metadata[accountId]"));
    return c.json({ id, object: "customer" });
  });

  app.get("/v1/customers/:id", (c) => {
    const { id, email } = ledger.customer(c.req.param("id"));
    const data = ledger.subscriptionsOf(id).map(subscriptionJson);
    return c.json({ id, object: "customer", email, subscriptions: { object: "list", data } });
  });
}

/** What leads to the pages of pages.ts. */
function hostedPages(app: Hono, ledger: Ledger, origin: () => string): void {
  app.post("/v1/checkout/sessions", async (c) => {
    const { get, list } = await form(c.req);
    const { id } = ledger.addSession({
      customer: get("customer"),
      prices: list("line_items").map(({ price }) => price as PriceId),
      metadata: { plan: get("subscription_data[metadata][plan]") },
      successUrl: get("success_url"),
      cancelUrl: get("cancel_url"),
    });
    return c.json({ id, object: "checkout.session", url: `${origin()}/pay/${id}` });
  });

  app.get("/v1/checkout/sessions", (c) => {
    const data = ledger.openSessionsOf(c.req.query("customer") ?? "").map(({ id }) => ({ id }));
    return c.json({ object: "list", has_more: false, data });
  });

  app.post("/v1/checkout/sessions/:id/expire", (c) => {
    const { id, status } = ledger.expire(c.req.param("id"));
    return c.json({ id, object: "checkout.session", status });
  });

  app.post("/v1/billing_portal/sessions", async (c) => {
    const { get } = await form(c.req);
    const { id } = ledger.customer(get("customer"));
    const back = encodeURIComponent(get("return_url"));
    return c.json({
      object: "billing_portal.session",
      url: `${origin()}/portal/${id}?back=${back}`,
    });
  });
}

function subscriptions(app: Hono, ledger: Ledger): void {
  app.post("/v1/subscriptions/:id", async (c) => {
    const { get, list } = await form(c.req);
    const subscription = ledger.subscription(c.req.param("id"));
    const prices = list("items").flatMap(({ price }) => (price ? [price as PriceId] : []));
    if (prices.length > 0) {
      ledger.change(subscription, prices, { plan: get("metadata[plan]") });
    }
    const cancel = get("cancel_at_period_end");
    if (cancel) ledger.cancelAtPeriodEnd(subscription, cancel === "true");
    return c.json(subscriptionJson(subscription));
  });

  app.delete("/v1/subscriptions/:id", async (c) => {
    const fields = new URLSearchParams((await c.req.text()) || new URL(c.req.url).search);
    const subscription = ledger.subscription(c.req.param("id"));
    if (subscription.status === "canceled") {
      throw new Refusal(404, "No such subscription", "resource_missing");
    }
    ledger.cancelNow(subscription, fields.get("invoice_now") === "true");
    return c.json(subscriptionJson(subscription));
  });
}

function meters(app: Hono, ledger: Ledger): void {
  app.post("/v1/billing/meter_events", async (c) => {
    const { get } = await form(c.req);
    if (get("event_name") !== METER.event_name) throw new Refusal(400, "No such meter");
    ledger.addMeterEvent({
      identifier: get("identifier"),
      customer: get("payload[stripe_customer_id]"),
      value: Number(get("payload[value]")),
      timestamp: Number(get("timestamp")),
    });
    return c.json({ object: "billing.meter_event", identifier: get("identifier") });
  });

  app.get("/v1/billing/meters", (c) => c.json({ object: "list", has_more: false, data: [METER] }));

  app.get("/v1/billing/meters/:id/event_summaries", (c) => {
    const { customer = "", start_time, end_time } = c.req.query();
    const aggregated_value = ledger.usage(customer, Number(start_time), Number(end_time));
    return c.json({ object: "list", has_more: false, data: [{ aggregated_value }] });
  });
}

function invoices(app: Hono, ledger: Ledger): void {
  app.get("/v1/invoices", (c) => {
    const { customer, status } = c.req.query();
    const mine = ledger.invoices.filter((invoice) => invoice.customer === customer);
    const data = mine.map((invoice, index) => invoiceJson(invoice, `LOCAL-${mine.length - index}`));
    const asked = status ? data.filter((invoice) => invoice.status === status) : data;
    return c.json({ object: "list", has_more: false, data: asked });
  });

  app.post("/v1/invoices/create_preview", async (c) => {
    const { get } = await form(c.req);
    const subscription = ledger.subscription(get("subscription"));
    const { customer, periodEnd } = subscription;
    const lines = ledger.preview(subscription);
    const invoice = { id: "upcoming", customer, created: periodEnd, lines, status: "draft" };
    return c.json({ ...invoiceJson(invoice, null), next_payment_attempt: periodEnd });
  });
}

async function form(request: { text: () => Promise<string> }) {
  const fields = new URLSearchParams(await request.text());
  return {
    get: (name: string) => fields.get(name) ?? "",
    list: (name: string) => listOf(fields, name),
  };
}

/** `items[0][price]=a` as `[{price: "a"}]`. */
function listOf(fields: URLSearchParams, name: string): Record<string, string>[] {
  const list: Record<string, string>[] = [];
  for (const [key, value] of fields) {
    const [, field, index, part] = key.match(/^(\w+)\[(\d+)\]\[(\w+)\]$/) ?? [];
    if (field !== name || !part) continue;
    list[Number(index)] = { ...list[Number(index)], [part]: value };
  }
  return list;
}
