import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { apiOf, type FaultOf } from "./api.ts";
import { Ledger } from "./ledger.ts";
import { pagesOf } from "./pages.ts";

export type LocalStripe = {
  ledger: Ledger;
  url: string;
  /** What a process needs to use it, as its environment. */
  environment: Record<string, string>;
  /** Sends each event, when it happens, to this address. */
  sendEventsTo: (webhook: string) => void;
  close: () => Promise<void>;
};

const WEBHOOK_SECRET = "whsec_local";

/**
 * Starts a stand-in for Stripe, with its hosted pages, on a free port.
 * @param faultOf what goes wrong with a call
 */
export async function startLocalStripe(faultOf: FaultOf = () => undefined): Promise<LocalStripe> {
  const ledger = new Ledger();
  let url = "";
  const app = apiOf(ledger, () => url, faultOf);
  pagesOf(app, ledger);
  const server = await new Promise<Server>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () =>
      resolve(started as Server),
    );
  });
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const environment = {
    STRIPE_SECRET_KEY: "sk_test_local",
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_PRICE_PAYG: "price_payg",
    STRIPE_PRICE_PRO: "price_pro",
    STRIPE_PRICE_PRO_REQUESTS: "price_pro_requests",
    STRIPE_API_BASE: url,
  };
  const sendEventsTo = (webhook: string) => {
    ledger.onEvent = ({ payload }) => {
      const headers = { "Stripe-Signature": ledger.sign(payload, WEBHOOK_SECRET) };
      // What does not arrive is made up for by the page that a buyer comes back to, and every night.
      void fetch(webhook, { method: "POST", headers, body: payload }).catch(() => {});
    };
  };
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { ledger, url, environment, sendEventsTo, close };
}
