import { config } from "@imagetotext/core/config";
import { isReachable } from "@imagetotext/core/table";
import type { Api } from "../api/app.ts";
import { page } from "./layout.tsx";

/** The pages about the service itself: where to ask, whether it works, what is kept. */
export function aboutRoutes(app: Api): void {
  app.get("/support", (c) => page(c, { title: "Support", width: "narrow" }, <Support />));
  app.get("/status", async (c) =>
    page(
      c,
      { title: "Status", width: "narrow" },
      <Status table={await isReachable()} now={new Date()} />,
    ),
  );
  app.get("/privacy", (c) => page(c, { title: "Privacy", width: "narrow" }, <Privacy />));
}

function Support() {
  const { supportEmail } = config().site;
  return (
    <>
      <h1>Support</h1>
      <p class="lead">
        Write to <a href={`mailto:${supportEmail}`}>{supportEmail}</a>.
      </p>
      <h2>What helps us to help you</h2>
      <ul>
        <li>
          The <code>request_id</code> of the answer, or its header <code>X-Request-Id</code>.
        </li>
        <li>
          The <code>code</code> of the error. The <a href="/api-docs#errors">error catalogue</a>{" "}
          says what to do about each.
        </li>
        <li>
          If a reading is wrong: the image, if you may share it. We do not have it, because we keep
          none.
        </li>
      </ul>
      <p>Never send us your token or your password. We do not need them.</p>
      <h2>Often asked</h2>
      <dl class="catalogue">
        <div>
          <dt>
            <strong>All my calls answer 401.</strong>
          </dt>
          <dd>
            A new token ends the one before. Generate one more in the{" "}
            <a href="/dashboard">dashboard</a> and use it everywhere.
          </dd>
        </div>
        <div>
          <dt>
            <strong>My calls answer 403.</strong>
          </dt>
          <dd>
            Open the link in the mail that we sent you. The <a href="/dashboard">dashboard</a> can
            send another.
          </dd>
        </div>
        <div>
          <dt>
            <strong>The text is wrong or incomplete.</strong>
          </dt>
          <dd>
            Send the language (<a href="/api-docs#languages">languages</a>). Letters should be at
            least 10 pixels high.
          </dd>
        </div>
        <div>
          <dt>
            <strong>I need more requests a day.</strong>
          </dt>
          <dd>
            See <a href="/pricing">the plans</a>. On pay as you go you set your own daily cap under{" "}
            <a href="/billing">billing</a>.
          </dd>
        </div>
      </dl>
    </>
  );
}

function Status({ table, now }: { table: boolean; now: Date }) {
  return (
    <>
      <h1>Status</h1>
      <div class={table ? "notice" : "notice bad"} role="status">
        <p>
          <strong>{table ? "The service answers." : "The service has a problem."}</strong>
        </p>
      </div>
      <table>
        <tbody>
          <tr>
            <th scope="row">Pages</th>
            <td>
              <span class="tag">works</span>
            </td>
          </tr>
          <tr>
            <th scope="row">Accounts and counts</th>
            <td>
              <span class={table ? "tag" : "tag bad"}>{table ? "works" : "does not answer"}</span>
            </td>
          </tr>
          <tr>
            <th scope="row">Reading</th>
            <td>
              <a href="/health">/health</a> asks the readers
            </td>
          </tr>
        </tbody>
      </table>
      <p class="hint">
        Looked at {now.toISOString().slice(0, 19).replace("T", " ")} UTC, as this page was made. For
        your monitoring: <a href="/health">/health</a> answers 200 or 503 in JSON.
      </p>
    </>
  );
}

function Privacy() {
  const { supportEmail } = config().site;
  return (
    <>
      <h1>Privacy</h1>
      <p class="lead">
        We do not keep your images. We do not keep the text in them. This page says what we do keep.
      </p>
      <h2>Images and their text</h2>
      <p>
        An image is read in memory, by our own process. It goes to nobody else, and neither it nor
        its text is written anywhere. Both are gone when the answer is sent.
      </p>
      <p>
        One exception: a request of more than about 4.7 MB may be stored, encrypted, for the moment
        until it is answered, and is deleted then. One that could not be read, or is never asked
        for, is deleted within two days.
      </p>
      <h2>What we keep</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Why</th>
              <th scope="col">How long</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td>E-mail address, and a hash of the password (argon2id)</td>
              <td>to log in, and to reach you</td>
              <td>as long as the account</td>
            </tr>
            <tr>
              <td>
                Receipt of each answered request: id, time, plan, size, pixels, ms, confidence
              </td>
              <td>your request log, and the bill</td>
              <td>90 days</td>
            </tr>
            <tr>
              <td>
                Hash of an <code>Idempotency-Key</code> and of what came with it, from which neither
                can be had back
              </td>
              <td>to charge a retry only once</td>
              <td>24 hours</td>
            </tr>
            <tr>
              <td>Number of requests a day</td>
              <td>the daily limit, and your chart</td>
              <td>35 days</td>
            </tr>
            <tr>
              <td>
                With a paid plan: your customer number at Stripe, your plan, and the billed days
              </td>
              <td>the bill</td>
              <td>as long as the account; the days for 400 days</td>
            </tr>
            <tr>
              <td>Id and expiry of your token, not the token</td>
              <td>to check calls</td>
              <td>until the next token</td>
            </tr>
            <tr>
              <td>Hashes of sessions and of links in mails</td>
              <td>to keep you logged in, and to make links work once</td>
              <td>until they end</td>
            </tr>
            <tr>
              <td>Count of failed log-ins, by account and by address</td>
              <td>to stop guessing</td>
              <td>up to a day</td>
            </tr>
            <tr>
              <td>Log line of each request: id, account id, route, status, bytes, ms</td>
              <td>to find faults</td>
              <td>as long as the operator's log keeps lines</td>
            </tr>
            <tr>
              <td>On AWS, the gateway's log of each request: your network address, time, status</td>
              <td>to find faults and abuse</td>
              <td>30 days</td>
            </tr>
          </tbody>
        </table>
      </div>
      <h2>Payments</h2>
      <p>
        Who takes a paid plan pays on pages of Stripe, and your card is known to Stripe alone.
        Stripe gets your e-mail address, the id of your account and your number of requests a day;
        never an image or its text. It gets them when you choose a plan, also if you do not pay in
        the end; who never chose one is unknown to Stripe.
      </p>
      <h2>Cookies</h2>
      <p>
        One, when you log in, so that you stay logged in; and one that lets this browser log in
        again while someone else is guessing at your password. No tracking, no third party: pages
        load nothing from any other site.
      </p>
      <h2>Delete</h2>
      <p>
        Delete your account in the <a href="/settings">settings</a>. The token stops at once, and
        what we keep is deleted. A paid plan ends at once. Stripe keeps your e-mail address and your
        invoices, for as long as the law says; we keep Stripe's number of you for 30 days, so that
        nothing is charged that was on its way.
      </p>
      <p>
        Questions: <a href={`mailto:${supportEmail}`}>{supportEmail}</a>.
      </p>
    </>
  );
}
