import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import * as Account from "@imagetotext/core/account";
import * as Billing from "@imagetotext/core/billing";
import { config } from "@imagetotext/core/config";
import * as Ledger from "@imagetotext/core/ledger";
import { key, table } from "@imagetotext/core/table";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readGate, receiptsOf, setGate, type TestAccount } from "../support/account.ts";
import { BLANK_PNG, formRequest, makeReaders, png, useApp } from "../support/app.ts";
import {
  type Actor,
  Interleaving,
  type Mishap,
  randomFrom,
  watchTable,
} from "../support/interleaving.ts";
import { billedOf, makeBuyer, startStripe } from "../support/stripe.ts";
import { DAY, MINUTE, SECOND } from "../support/time.ts";

/**
 * Requests, retries, crashes, lost connections, changes of plan and cap, nightly jobs and turns of the
 * clock over midnight, in an order that a seed decides. After each the books must be right.
 */

const INTERLEAVINGS = Number(process.env.INTERLEAVINGS ?? 2_000);

const stripe = await startStripe();
// Places of requests that died are not given back, as their process would be gone.
const readers = makeReaders({ queue: Number.MAX_SAFE_INTEGER });
const app = useApp(readers);
let letGo = () => {};
beforeAll(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  letGo = watchTable(
    (input) =>
      /ACCOUNTS#|CUSTOMERS?/.test(JSON.stringify(input)) && "KeyConditionExpression" in input,
  );
});
afterAll(async () => {
  letGo();
  vi.useRealTimers();
  await stripe.close();
});

/** Two images that are read, and one that is not. */
const IMAGES = [
  BLANK_PNG,
  Uint8Array.from([...BLANK_PNG, 0]),
  Uint8Array.from(BLANK_PNG.slice(0, 60)),
];

type Sent = {
  actor: Actor;
  idempotencyKey: string | undefined;
  /** When it began, Unix ms. */
  at: number;
  /** Missing where its process died. */
  answer?: { status: number; isReplay: boolean };
};

/** A cap and when it may have been in effect, Unix ms. */
type Cap = { dailyLimit: number; from: number; until: number };

type Books = {
  account: TestAccount;
  sent: Sent[];
  caps: Cap[];
};

async function live(seed: number): Promise<Books & { trace: string[] }> {
  const random = randomFrom(seed);
  const below = (n: number) => Math.floor(random() * n);
  const chance = (probability: number) => random() < probability;
  setTime(Date.parse("2026-11-20T23:58:00Z") + below(170) * SECOND);
  stripe.setFault(() => undefined);
  const account = await makeBuyer(stripe, "payg", new Date());
  const { accountId, token } = account;
  await Billing.sync(accountId, new Date());
  await setGate(accountId, "dailyLimit", 1 + below(4));
  stripe.setFault(() => (chance(0.1) ? "lost" : undefined));
  const { dailyLimit } = await readGate(accountId);
  const first = { dailyLimit: Number(dailyLimit), from: 0, until: Number.POSITIVE_INFINITY };
  const caps: Cap[] = [first];
  let inEffect: Cap = first;
  const sent: Sent[] = [];
  const interleaving = new Interleaving(random);
  const mishap = (probability: number, calls: number): Mishap | undefined =>
    chance(probability)
      ? {
          kind: chance(0.6) ? "dies" : "fails",
          call: 1 + below(calls),
          when: chance(0.5) ? "before" : "after",
        }
      : undefined;

  for (let i = 3 + below(5); i > 0; i--) {
    const keyed = below(2);
    const idempotencyKey = chance(0.7) ? `key-${keyed}` : undefined;
    // Most who use a key again send the same image again.
    const image = IMAGES[chance(0.8) ? keyed : below(3)] ?? BLANK_PNG;
    const request: Sent = {
      idempotencyKey,
      at: 0,
      actor: interleaving.add(
        `request ${i} ${idempotencyKey ?? ""}`,
        async () => {
          request.at = Date.now();
          request.answer = await send(token, image, idempotencyKey);
        },
        mishap(0.3, 5),
      ),
    };
    sent.push(request);
  }
  for (let i = below(3); i > 0; i--) {
    const dailyLimit = below(5);
    const planId = chance(0.7) ? "payg" : "free";
    interleaving.add(`plan ${planId} ${dailyLimit}`, async () => {
      const cap = { dailyLimit, from: Date.now(), until: Number.POSITIVE_INFINITY };
      caps.push(cap);
      await Account.setPlan(accountId, { ...Billing.getPlan(planId), dailyLimit });
      inEffect.until = Date.now();
      inEffect = cap;
    });
  }
  for (let i = below(3); i > 0; i--) {
    interleaving.add(
      "night",
      () =>
        runNight().then(
          () => {},
          () => {},
        ),
      mishap(0.4, 8),
    );
  }
  await interleaving.run(() => {
    if (!chance(0.08)) return;
    const turn = [10 * SECOND, 40 * SECOND, 7 * MINUTE, DAY][below(4)] ?? 0;
    interleaving.trace.push(`+${turn / SECOND} s`);
    // No request lives that long: the platform ends it after 28 s.
    if (turn >= 5 * MINUTE) interleaving.killAll();
    setTime(Date.now() + turn);
  });
  return { account, sent, caps, trace: interleaving.trace };
}

function setTime(time: number): void {
  vi.setSystemTime(time);
  stripe.setNow(new Date(time));
}

async function send(token: string, image: Uint8Array<ArrayBuffer>, idempotencyKey?: string) {
  const request = formRequest(token, { file: png(image) });
  const headers = {
    ...request.headers,
    ...(idempotencyKey ? { "Idempotency-Key": idempotencyKey } : {}),
  };
  const path = "/api/ocr/extract-text-from-file";
  const response = await app.request(path, { ...request, headers });
  return {
    status: response.status,
    isReplay: response.headers.get("Idempotency-Replayed") === "true",
  };
}

async function runNight(): Promise<Ledger.Difference[]> {
  const { failures, differences } = await Ledger.reconcile(new Date());
  if (failures.length > 0) throw failures[0];
  await Billing.billClosedDays(new Date());
  return differences;
}

/** The id under which a request has written its receipt, answered or not. */
function recordedBy({ actor }: Sent): string | undefined {
  for (const { command, input } of actor.carriedOut) {
    if (command !== "PutItemCommand" && command !== "TransactWriteItemsCommand") continue;
    return JSON.stringify(input).match(/"requestId":"([\w-]+)"/)?.[1];
  }
  return undefined;
}

/** Every rule that is broken, in words. */
async function audit({ account, sent, caps }: Books): Promise<string[]> {
  const broken: string[] = [];
  const rule = (holds: boolean, name: string) => {
    if (!holds) broken.push(name);
  };
  const receipts = (await receiptsOf(account.accountId)).map((receipt) => ({
    requestId: String(receipt.requestId),
    day: String(receipt.at).slice(0, 10),
    isPaid: receipt.plan !== "free",
  }));
  const standing = new Set(receipts.map(({ requestId }) => requestId));
  rule(standing.size === receipts.length, "a request has two receipts");
  const hasReceipt = (request: Sent) => standing.has(recordedBy(request) ?? "");
  rule(sent.filter(hasReceipt).length === standing.size, "there is a receipt for nothing");

  const succeeded = sent.filter(({ answer }) => answer?.status === 200);
  const paid = succeeded.filter(({ answer }) => !answer?.isReplay);
  const replays = succeeded.filter(({ answer }) => answer?.isReplay);
  for (const request of paid) rule(hasReceipt(request), "a 200 has no receipt");
  for (const request of sent) {
    const { answer } = request;
    if (!answer || answer.status === 200) continue;
    // It may stand only where a retry was promised the answer.
    const isPromised = sent.some(
      (retry) => retry !== request && isSameKey(retry, request) && madeUpdate(retry),
    );
    rule(!hasReceipt(request) || isPromised, `a ${answer.status} has a receipt`);
  }
  for (const replay of replays) {
    const first = sent.find(
      (other) =>
        isSameKey(other, replay) && hasReceipt(other) && Math.abs(other.at - replay.at) <= DAY,
    );
    rule(first !== undefined, "a replay of what was not paid");
  }
  for (const one of sent.filter(hasReceipt)) {
    for (const other of sent.filter(hasReceipt)) {
      if (one === other || !isSameKey(one, other)) continue;
      rule(Math.abs(one.at - other.at) >= DAY, "a key was charged twice within 24 hours");
    }
  }

  const billed = billedOf(stripe, account);
  for (const day of new Set([...receipts.map((receipt) => receipt.day), ...Object.keys(billed)])) {
    const due = receipts.filter((receipt) => receipt.day === day && receipt.isPaid).length;
    rule((billed[day] ?? 0) === due, `${billed[day]} requests were billed, not ${due}`);
  }

  const gate = await readGate(account.accountId);
  const counters = Object.keys(gate).filter((name) => /^n\d{8}$/.test(name));
  for (const name of counters) {
    const day = name.replace(/n(....)(..)(..)/, "$1-$2-$3");
    const ofDay = receipts.filter((receipt) => receipt.day === day).length;
    rule(Number(gate[name]) === ofDay, `the count of a closed day is ${gate[name]}, not ${ofDay}`);
    rule(ofDay <= highestCap(caps, day), "more was charged than the cap allows");
  }
  const days = new Set(counters.map((name) => name.replace(/n(....)(..)(..)/, "$1-$2-$3")));
  rule(
    receipts.every(({ day }) => days.has(day)),
    "a receipt was not counted",
  );
  return broken;
}

function isSameKey(one: Sent, other: Sent): boolean {
  return one.idempotencyKey !== undefined && one.idempotencyKey === other.idempotencyKey;
}

const madeUpdate = ({ actor }: Sent) =>
  actor.carriedOut.some(({ command }) => command === "UpdateItemCommand");

/** The highest cap that was in effect on that day, or while its last requests ended. */
function highestCap(caps: Cap[], day: string): number {
  const start = Date.parse(day);
  const inEffect = caps.filter(
    ({ from, until }) => from < start + DAY + 5 * MINUTE && until >= start,
  );
  return Math.max(...inEffect.map(({ dailyLimit }) => dailyLimit));
}

test("the books are right after every interleaving", { timeout: 900_000 }, async () => {
  const seen = { paid: 0, replays: 0, refused: 0, died: 0, billed: 0, repaired: 0 };
  for (let seed = 1; seed <= INTERLEAVINGS; seed++) {
    const books = await live(seed);
    const { account, sent, trace } = books;
    stripe.setFault(() => undefined);
    setTime(Date.now() + 2 * DAY);
    const differences = await runNight();
    expect(await audit(books), `seed ${seed}: ${trace.join(", ")}`).toEqual([]);
    for (const { answer } of sent) {
      if (!answer) seen.died++;
      else if (answer.status !== 200) seen.refused++;
      else seen[answer.isReplay ? "replays" : "paid"]++;
    }
    for (const requests of Object.values(billedOf(stripe, account))) seen.billed += requests;
    seen.repaired += differences.length;
    await forget(account.accountId);
  }
  process.stdout.write(`${INTERLEAVINGS} interleavings: ${JSON.stringify(seen)}\n`);
  // Each thing that can happen did happen, many times.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(INTERLEAVINGS / 20);
});

/** Takes the account out of the nightly jobs' way. */
async function forget(accountId: string): Promise<void> {
  for (const Key of [key.registered(accountId), key.customer(accountId)]) {
    await table().send(new DeleteCommand({ TableName: config().table.name, Key }));
  }
}
