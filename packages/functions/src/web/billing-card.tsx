import type * as Account from "@imagetotext/core/account";
import * as Billing from "@imagetotext/core/billing";
import { minuteOf } from "@imagetotext/core/time";
import type { View } from "./billing.tsx";
import { Field } from "./field.tsx";
import type { Form, Problem } from "./form.ts";
import { dollars, exactDollars } from "./money.ts";
import { Choose } from "./pricing.tsx";

/** The plan that the account is on, and what can be done about it. */
export function PlanCard({ view: { account, customer } }: { view: View }) {
  const plan = Billing.findPlan(account.plan);
  return (
    <section class="card" aria-labelledby="plan-title">
      <h2 id="plan-title">Plan</h2>
      <p class="big">{plan?.name ?? account.plan}</p>
      <p class="hint">
        {plan && priceOf(plan)} Up to {account.dailyLimit.toLocaleString("en")} requests a day.
      </p>
      {customer?.graceEndsAt && (
        <div class="notice bad">
          <p>
            <strong>A payment failed.</strong> Enter another card by{" "}
            {minuteOf(new Date(customer.graceEndsAt))}. After that your account is on the free plan.
          </p>
        </div>
      )}
      {customer?.endsAt && (
        <div class="notice warn">
          <p>The plan ends at {minuteOf(new Date(customer.endsAt))}.</p>
        </div>
      )}
      {customer?.subscriptionId ? (
        <RunningPlan customer={customer} />
      ) : (
        <OtherPlans current={account.plan} isCustomer={customer !== undefined} />
      )}
      <p>
        <a href="/pricing">All plans</a>
      </p>
    </section>
  );
}

function RunningPlan({ customer }: { customer: Billing.Customer }) {
  const pro = Billing.getPlan("pro");
  return (
    <div class="actions">
      {customer.plan === "payg" && !customer.endsAt && (
        <form method="post" action="/billing/change">
          <p class="hint">
            {pro.name}: {priceOf(pro)} It begins at once, and this month costs its share.
          </p>
          <input type="hidden" name="plan" value={pro.id} />
          <button type="submit">Change to {pro.name}</button>
        </form>
      )}
      <Portal />
      {customer.endsAt ? (
        <form method="post" action="/billing/keep">
          <button type="submit">Keep the plan</button>
        </form>
      ) : (
        <form method="post" action="/billing/cancel">
          <button type="submit" class="quiet">
            End the plan with this month
          </button>
        </form>
      )}
    </div>
  );
}

/** Without a subscription: what can be bought. A plan that support has set is changed by support. */
function OtherPlans({ current, isCustomer }: { current: string; isCustomer: boolean }) {
  return (
    <div class="actions">
      {Billing.plans()
        .filter(({ id }) => id !== "free" && id !== current)
        .map((plan) => (
          <Choose plan={plan} />
        ))}
      {isCustomer && <Portal />}
    </div>
  );
}

function Portal() {
  return (
    <form method="post" action="/billing/portal">
      <button type="submit" class="quiet">
        Card and invoices
      </button>
    </form>
  );
}

/** What the month has come to. */
export function MonthCard({ view: { account, customer, month } }: { view: View }) {
  return (
    <section class="card" aria-labelledby="month-title">
      <h2 id="month-title">This month</h2>
      {month ? (
        <>
          <p class="big number">
            {exactDollars(month.cents)} <small>estimate</small>
          </p>
          <p class="hint">
            {month.requests.toLocaleString("en")} paid requests in {month.month} (UTC), by the price
            of your plan for a whole month. The invoice decides.
          </p>
        </>
      ) : (
        <p class="hint">
          {account.plan === "free"
            ? `Nothing to pay on the free plan.${customer ? " What was used before is on the last invoice." : ""}`
            : "Your plan was set by support, and its bill comes from there."}
        </p>
      )}
    </section>
  );
}

/** On pay as you go, the owner says how much a day may cost at most. */
export function CapCard(props: {
  account: Account.Account;
  form: Form | undefined;
  problem: Problem | undefined;
}) {
  const { account, form, problem } = props;
  const { dailyLimit, centsPer1000 } = Billing.getPlan("payg");
  const most = Math.round((account.dailyLimit * (centsPer1000 ?? 0)) / 1000);
  return (
    <section class="card" aria-labelledby="cap-title">
      <h2 id="cap-title">Daily cap</h2>
      <form class="stack" method="post" action="/billing/cap">
        <Field
          id="cap"
          name="cap"
          label="Requests a day, at most"
          type="number"
          autocomplete="off"
          hint={`0 to ${dailyLimit.toLocaleString("en")}. Past it the API answers 429, and nothing is charged. The cap you have allows ${exactDollars(most)} a day.`}
          form={form ?? { cap: String(account.dailyLimit) }}
          problem={problem}
        />
        <button type="submit" class="quiet">
          Set the cap
        </button>
      </form>
    </section>
  );
}

function priceOf({ monthlyCents, includedPerMonth, centsPer1000 }: Billing.Plan): string {
  if (centsPer1000 === null) return "Nothing to pay.";
  const perRequests = `${dollars(centsPer1000)} for 1,000 requests`;
  if (monthlyCents === 0) return `${perRequests}.`;
  return `${dollars(monthlyCents)} a month with ${includedPerMonth.toLocaleString("en")} requests, then ${perRequests}.`;
}
