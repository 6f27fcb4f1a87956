import * as Billing from "@imagetotext/core/billing";
import { config } from "@imagetotext/core/config";
import type { Api } from "../api/app.ts";
import { page } from "./layout.tsx";
import { dollars } from "./money.ts";

export function pricingRoute(app: Api): void {
  app.get("/pricing", (c) =>
    page(
      c,
      {
        title: "Pricing",
        description:
          "What a request costs. Only an answer counts: every error gives its request back.",
      },
      <>
        <h1>Pricing</h1>
        <p class="lead">Only an answer counts: every error gives its request back.</p>
        <div class="grid">
          {Billing.plans().map((plan) => (
            <PlanCard plan={plan} />
          ))}
        </div>
        <h2>How it is counted</h2>
        <ul>
          <li>One image read is one request, whatever its size, up to 5 MB.</li>
          <li>
            Answers other than 200 cost nothing: a wrong image, a busy server, a fault of ours.
          </li>
          <li>A blank image is read too, and counts.</li>
          <li>
            A day is 00:00 to 24:00 UTC. Past its limit calls get 429 until the next day, and
            nothing is charged for them.
          </li>
        </ul>
      </>,
    ),
  );
}

function PlanCard({ plan }: { plan: Billing.Plan }) {
  const { id, name, dailyLimit, monthlyCents, includedPerMonth, centsPer1000 } = plan;
  return (
    <section class="card plan" aria-labelledby={`plan-${id}`}>
      <h2 id={`plan-${id}`}>{name}</h2>
      <p class="price">
        {monthlyCents === 0 && centsPer1000 !== null ? (
          <>
            {dollars(centsPer1000)} <small>for 1,000 requests</small>
          </>
        ) : (
          <>
            {dollars(monthlyCents)} <small>a month</small>
          </>
        )}
      </p>
      <ul>
        <li>Up to {dailyLimit.toLocaleString("en")} requests a day</li>
        {includedPerMonth > 0 && (
          <li>{includedPerMonth.toLocaleString("en")} requests a month included</li>
        )}
        {centsPer1000 === null && <li>Nothing to pay, no card</li>}
        {centsPer1000 !== null && monthlyCents > 0 && (
          <li>Then {dollars(centsPer1000)} for 1,000 requests</li>
        )}
        {centsPer1000 !== null && monthlyCents === 0 && <li>No monthly fee</li>}
        <li>All formats and languages, boxes and confidence</li>
      </ul>
      <p class="actions">
        {id === "free" ? (
          <a class="button" href="/sign-up">
            Sign up
          </a>
        ) : (
          <Choose plan={plan} />
        )}
      </p>
    </section>
  );
}

/** Leads to Stripe's page where plans are sold, and to support where they are not. */
export function Choose({ plan: { id, name } }: { plan: Billing.Plan }) {
  if (Billing.isOffered()) {
    return (
      <form method="post" action="/billing/checkout">
        <input type="hidden" name="plan" value={id} />
        <button type="submit" class="quiet">
          Choose {name}
        </button>
      </form>
    );
  }
  const { supportEmail } = config().site;
  const upgrade = `mailto:${supportEmail}?subject=${encodeURIComponent(`Plan ${name}`)}`;
  return (
    <a class="button quiet" href={upgrade}>
      Ask support for {name}
    </a>
  );
}
