import * as Account from "@imagetotext/core/account";
import * as Quota from "@imagetotext/core/quota";
import * as Receipt from "@imagetotext/core/receipt";
import { minuteOf } from "@imagetotext/core/time";
import * as Token from "@imagetotext/core/token";
import type { Context } from "hono";
import type { Api } from "../api/app.ts";
import { siteUrl } from "../api/error.ts";
import { answerOwnForm, type OwnSent, type Refused } from "./answer-form.ts";
import { Chart } from "./chart.tsx";
import { Code, Snippets } from "./code.tsx";
import { findSession, toLogIn } from "./cookie.ts";
import { fileExamples } from "./example.ts";
import { FormProblem } from "./field.tsx";
import type { Problem } from "./form.ts";
import { page } from "./layout.tsx";
import { Log, toCsv } from "./request-log.tsx";

const LOG_ROWS = 20;
const CHART_DAYS = 30;
const EXPIRY_NOTE_DAYS = 14;
/** How long the first steps stay after the last of them. */
const ALL_SET_MS = 3_600_000;

type View = {
  account: Account.Account;
  token: Token.Description | undefined;
  today: Quota.Allowance;
  days: Quota.DayCount[];
  log: Receipt.Page;
  now: Date;
};

export function dashboardRoutes(app: Api): void {
  app.get("/dashboard", async (c) => {
    const now = new Date();
    const session = await findSession(c, now);
    if (!session) return toLogIn(c);
    return dashboardPage(c, await look(session.account, now, c.req.query("cursor")));
  });

  const showAgain =
    (c: Context) =>
    async ({ account, now, problem }: Refused<OwnSent>) =>
      dashboardPage(c, await look(account, now), problem);

  app.post("/dashboard/token", (c) =>
    answerOwnForm(
      c,
      async ({ account, now }) => {
        const { token } = await Token.issue(account.accountId, now);
        return tokenPage(c, token, await look(account, now));
      },
      showAgain(c),
    ),
  );

  app.post("/dashboard/verification", (c) =>
    answerOwnForm(
      c,
      async ({ account, now }) => {
        await Account.requestVerification(account.accountId, now);
        return c.redirect("/dashboard?sent=1", 303);
      },
      showAgain(c),
    ),
  );

  app.get("/dashboard/requests.csv", async (c) => {
    const session = await findSession(c, new Date());
    if (!session) return toLogIn(c);
    return c.body(await toCsv(session.account.accountId), 200, {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": 'attachment; filename="requests.csv"',
    });
  });
}

async function look(account: Account.Account, now: Date, cursor?: string): Promise<View> {
  const { accountId } = account;
  const [token, today, days, log] = await Promise.all([
    Token.describe(accountId),
    Quota.today(accountId, now),
    Quota.history(accountId, CHART_DAYS, now),
    Receipt.list(accountId, { limit: LOG_ROWS, ...(cursor ? { cursor } : {}) }),
  ]);
  return { account, token, today, days, log, now };
}

function dashboardPage(c: Context, view: View, problem?: Problem) {
  const { account, token, days, log } = view;
  return page(
    c,
    { title: "Dashboard", problem },
    <>
      <h1>Dashboard</h1>
      <p class="hint">{account.email}</p>
      <FormProblem problem={problem} />
      <Standing account={account} sent={c.req.query("sent") !== undefined} />
      <Checklist view={view} />
      <div class="grid two">
        <section class="card" aria-labelledby="token-title">
          <h2 id="token-title">API Token</h2>
          <TokenCard view={view} />
        </section>
        <section class="card" aria-labelledby="usage-title">
          <h2 id="usage-title">Today</h2>
          <Usage view={view} />
        </section>
      </div>
      <section aria-labelledby="chart-title">
        <h2 id="chart-title">Last {CHART_DAYS} days</h2>
        <div id="chart" data-live>
          <Chart days={days} />
        </div>
      </section>
      <section aria-labelledby="log-title">
        <h2 id="log-title">Requests</h2>
        <div id="log" data-live>
          <Log log={log} />
        </div>
      </section>
      {token && (
        <section aria-labelledby="call-title">
          <h2 id="call-title">How to call</h2>
          <Snippets id="snippet" examples={fileExamples({ site: siteUrl(c), token: "<token>" })} />
        </section>
      )}
    </>,
  );
}

function tokenPage(c: Context, token: string, view: View) {
  const examples = fileExamples({ site: siteUrl(c), token });
  return page(
    c,
    { title: "Your new token" },
    <>
      <h1>Your new token</h1>
      <div class="notice warn">
        <p>
          <strong>Copy it now.</strong> We do not keep it, so it is shown this once. Keep it like a
          password. A token from before has stopped working.
        </p>
      </div>
      <Code id="token" caption="API Token" code={token} wrap />
      <h2>Make a call</h2>
      <p>
        Your token is filled in. Take a picture of yours, or{" "}
        <a href="/sample/receipt.jpg" download>
          our receipt
        </a>
        .
      </p>
      <Snippets id="snippet" examples={examples} />
      <Checklist view={view} />
      <p>
        <a class="button quiet" href="/dashboard">
          I have copied it: to the dashboard
        </a>
      </p>
    </>,
  );
}

/** What keeps the account from calling. */
function Standing({ account, sent }: { account: Account.Account; sent: boolean }) {
  if (account.suspended) {
    return (
      <div class="notice bad">
        <p>
          <strong>This account is suspended.</strong> The API answers 403.{" "}
          <a href="/support">Write to support</a>
        </p>
      </div>
    );
  }
  if (account.verified) return null;
  return (
    <div class="notice warn">
      <p>
        <strong>Confirm your address.</strong> Open the link that we sent to{" "}
        {account.pendingEmail ?? account.email}. Until then the API answers 403.
      </p>
      {sent ? (
        <p role="status">We sent another mail.</p>
      ) : (
        <form method="post" action="/dashboard/verification">
          <button class="quiet small" type="submit">
            Send the mail again
          </button>
        </form>
      )}
    </div>
  );
}

function TokenCard({ view: { token, account, now } }: { view: View }) {
  if (!token) {
    return (
      <>
        <p>You have none yet. It is shown once, when you generate it.</p>
        <form method="post" action="/dashboard/token">
          <button type="submit" disabled={!account.verified}>
            Generate a token
          </button>
        </form>
      </>
    );
  }
  const daysLeft = Math.ceil((token.expiresAt.getTime() - now.getTime()) / 86_400_000);
  return (
    <>
      {daysLeft <= EXPIRY_NOTE_DAYS && (
        <div class="notice warn">
          <p>
            {daysLeft > 0 ? `It expires in ${daysLeft} days.` : "It has expired."} Generate a new
            one.
          </p>
        </div>
      )}
      <dl class="pairs">
        <dt>Token</dt>
        <dd>
          <code>{token.hint}</code>
        </dd>
        <dt>Created</dt>
        <dd>{minuteOf(token.createdAt)}</dd>
        <dt>Last used</dt>
        <dd id="last-used" data-live>
          {token.lastUsedAt ? minuteOf(token.lastUsedAt) : "never"}
        </dd>
        <dt>Expires</dt>
        <dd>{minuteOf(token.expiresAt)}</dd>
      </dl>
      <details>
        <summary>Generate a new token</summary>
        <form class="notice warn" method="post" action="/dashboard/token">
          <p>
            The token above stops at once: programs that use it get 401 until they have the new one.
            Today's count stays.
          </p>
          <button class="danger" type="submit" disabled={!account.verified}>
            Replace the token
          </button>
        </form>
      </details>
    </>
  );
}

function Usage({ view: { today, now } }: { view: View }) {
  const { used, limit, resetsAt } = today;
  const minutes = Math.ceil((resetsAt.getTime() - now.getTime()) / 60_000);
  const share = limit === 0 ? 1 : Math.min(1, used / limit);
  return (
    <div id="usage" data-live>
      <p class="big number">
        {used.toLocaleString("en")} <small>of {limit.toLocaleString("en")} requests</small>
      </p>
      <svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="100" height="4" />
        <rect class="fill" width={share * 100} height="4" />
      </svg>
      <p class="hint">
        {Math.max(0, limit - used).toLocaleString("en")} left. The next day begins in{" "}
        {Math.floor(minutes / 60)} h {minutes % 60} min, at 00:00 UTC. Plan: {today.plan}.{" "}
        <a href="/billing">Plan and bill</a>
      </p>
      <p>
        <a class="button quiet small" href="/playground">
          Open the playground
        </a>
      </p>
    </div>
  );
}

/**
 * Turns green by itself: the script looks again while a step is open; without it a reload does. An
 * hour after the first call it is gone.
 */
function Checklist({ view: { account, token, log, now } }: { view: View }) {
  const called = log.receipts.length > 0;
  const steps = [
    [account.verified, "Confirm your address"],
    [token !== undefined, "Generate a token"],
    [called, called ? "Your first call was answered" : "Make your first call: waiting for it"],
  ] as const;
  const open = steps.some(([done]) => !done);
  const firstCall = log.cursor ? undefined : log.receipts.at(-1)?.at;
  const isNew = firstCall !== undefined && now.getTime() - firstCall.getTime() < ALL_SET_MS;
  if (!open && !isNew) return null;
  return (
    <section
      class="card steps"
      id="checklist"
      data-live
      data-poll={open ? "yes" : undefined}
      aria-live="polite"
      aria-label="First steps"
    >
      <h2>{open ? "First steps" : "All set"}</h2>
      <ol class="checklist">
        {steps.map(([done, label]) => (
          <li class={done ? "done" : ""}>
            {label}
            <span class="visually-hidden">{done ? " (done)" : " (to do)"}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
