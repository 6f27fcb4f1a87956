import type * as Account from "@imagetotext/core/account";
import * as Billing from "@imagetotext/core/billing";
import { VisibleError } from "@imagetotext/core/error";
import type { Context } from "hono";
import type { Api } from "../api/app.ts";
import { siteUrl } from "../api/error.ts";
import { answerOwnForm, type OwnSent } from "./answer-form.ts";
import { CapCard, MonthCard, PlanCard } from "./billing-card.tsx";
import { findSession, toLogIn } from "./cookie.ts";
import { FormProblem } from "./field.tsx";
import { type Again, problemOf } from "./form.ts";
import { InvoiceSection, type Invoices } from "./invoice.tsx";
import { page } from "./layout.tsx";

const DONE: Record<string, string> = {
  cap: "Your daily cap is set. It holds from now on.",
  plan: "Your plan is changed. It holds from now on.",
  cancelled: "Your plan ends with this month. Until then nothing changes.",
  kept: "Your plan goes on.",
};

export type View = {
  account: Account.Account;
  /** What Stripe knows of the account; missing before the first purchase. */
  customer: Billing.Customer | undefined;
  month: Billing.MonthToDate | undefined;
  invoices: Invoices;
  now: Date;
};

export function billingRoutes(app: Api): void {
  app.get("/billing", async (c) => {
    const now = new Date();
    const session = await findSession(c, now);
    return session ? billingPage(c, session.account, now) : toLogIn(c);
  });

  /** Stripe's pages lead back here: the plan is there at once, whether or not its event has come. */
  app.get("/billing/return", async (c) => {
    const now = new Date();
    const session = await findSession(c, now);
    if (!session) return toLogIn(c);
    await Billing.sync(session.account.accountId, now).catch((error) => problemOf(c, error));
    return c.redirect("/billing", 303);
  });

  action(app, "/billing/checkout", async ({ account, form, site, now }) => {
    assertMayBuy(account);
    const { accountId, email } = account;
    const plan = paidPlan(form.plan);
    const customer = await Billing.findCustomer(accountId);
    // Its card would be charged at once: the page that follows says how much, and asks.
    if (customer?.subscriptionId) return "/billing";
    return Billing.startCheckout({ accountId, email, plan, site }, now);
  });

  action(app, "/billing/change", async ({ account, form, now }) => {
    assertMayBuy(account);
    await Billing.changePlan(account.accountId, paidPlan(form.plan), now);
    return "/billing?done=plan";
  });

  action(app, "/billing/portal", ({ account, site }) =>
    Billing.openPortal(account.accountId, site),
  );

  action(app, "/billing/cancel", async ({ account, now }) => {
    await Billing.cancelAtMonthEnd(account.accountId, true, now);
    return "/billing?done=cancelled";
  });

  action(app, "/billing/keep", async ({ account, now }) => {
    await Billing.cancelAtMonthEnd(account.accountId, false, now);
    return "/billing?done=kept";
  });

  action(app, "/billing/cap", async ({ account, form }) => {
    await Billing.setCap(account.accountId, Number(form.cap || Number.NaN));
    return "/billing?done=cap";
  });
}

type Request = OwnSent & { site: string };

/** A form of the page. `act` returns where to go on; what goes wrong is shown on the page. */
function action(app: Api, path: string, act: (request: Request) => Promise<string>): void {
  app.post(path, (c) =>
    answerOwnForm(
      c,
      async (sent) => c.redirect(await act({ ...sent, site: siteUrl(c) }), 303),
      ({ account, now, form, problem }) => billingPage(c, account, now, { form, problem }),
    ),
  );
}

/** What is bought could not be used. */
function assertMayBuy({ verified, suspended }: Account.Account): void {
  if (!verified) throw new VisibleError("account.unverified");
  if (suspended) throw new VisibleError("account.suspended");
}

function paidPlan(id: string | undefined): Billing.PaidPlanId {
  if (id === "payg" || id === "pro") return id;
  throw new VisibleError("billing.invalid_plan");
}

async function look(c: Context, account: Account.Account, now: Date): Promise<View> {
  const customer = await Billing.findCustomer(account.accountId);
  const [month, invoices] = await Promise.all([
    customer?.subscriptionId ? Billing.monthToDate(customer, now) : undefined,
    customer && lookAtInvoices(c, customer),
  ]);
  return { account, customer, month, invoices: invoices ?? { previous: [] }, now };
}

/** The page is there while Stripe is not. */
async function lookAtInvoices(c: Context, customer: Billing.Customer): Promise<Invoices> {
  try {
    const [next, previous] = await Promise.all([
      Billing.previewInvoice(customer),
      Billing.listInvoices(customer),
    ]);
    return { next, previous };
  } catch (error) {
    problemOf(c, error);
    return "unavailable";
  }
}

async function billingPage(
  c: Context,
  account: Account.Account,
  now: Date,
  { form, problem }: Again = {},
) {
  const view = await look(c, account, now);
  const done = DONE[c.req.query("done") ?? ""];
  return page(
    c,
    { title: "Billing", problem },
    <>
      <h1>Billing</h1>
      {done && !problem && (
        <div class="notice" role="status">
          <p>{done}</p>
        </div>
      )}
      <FormProblem problem={problem} />
      <div class="grid two">
        <PlanCard view={view} />
        <MonthCard view={view} />
      </div>
      {account.plan === "payg" && <CapCard account={account} {...{ form, problem }} />}
      {view.customer && <InvoiceSection invoices={view.invoices} now={now} />}
    </>,
  );
}
