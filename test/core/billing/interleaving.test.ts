import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import * as Billing from "@imagetotext/core/billing";
import { config } from "@imagetotext/core/config";
import { key, table } from "@imagetotext/core/table";
import { afterAll, expect, test } from "vitest";
import { receiptsOf } from "../../support/account.ts";
import { Interleaving, type Mishap, randomFrom, watchTable } from "../../support/interleaving.ts";
import { billedOf, makeBuyer, makeReceipts, startStripe } from "../../support/stripe.ts";
import { HOUR } from "../../support/time.ts";

/**
 * Nightly runs at once and one after the other, that die or fail at any call to the table, whose answers
 * from Stripe are lost, in an order that a seed decides: each closed day is billed once, as a whole.
 */

const INTERLEAVINGS = Number(process.env.INTERLEAVINGS ?? 100);

const stripe = await startStripe();
const letGo = watchTable(() => false);
afterAll(async () => {
  letGo();
  await stripe.close();
});

test("what is billed is what was received, after every interleaving", async () => {
  const seen = { died: 0, failed: 0, lost: 0, late: 0 };
  for (let seed = 1; seed <= INTERLEAVINGS; seed++) {
    const random = randomFrom(seed);
    const below = (n: number) => Math.floor(random() * n);
    const chance = (probability: number) => random() < probability;
    stripe.setFault(() => undefined);
    const bought = new Date("2030-05-10T12:00:00Z");
    const buyer = await makeBuyer(stripe, "payg", bought);
    await makeReceipts(buyer.accountId, new Date("2030-05-10T13:00:00Z"), 1 + below(3));
    await makeReceipts(buyer.accountId, new Date("2030-05-11T13:00:00Z"), below(3));
    const received = await receivedOf(buyer.accountId);

    let now = Date.parse("2030-05-11T00:30:00Z");
    const turnTo = (time: number) => {
      now = time;
      stripe.setNow(new Date(now));
    };
    turnTo(now);
    stripe.setFault((call) => {
      if (!call.startsWith("POST") || !chance(0.3)) return undefined;
      seen.lost++;
      return chance(0.8) ? "lost" : "refused";
    });
    const interleaving = new Interleaving(random);
    const runs = Array.from({ length: 2 + below(3) }, (_, index) => {
      const mishap: Mishap | undefined = chance(0.6)
        ? {
            kind: chance(0.6) ? "dies" : "fails",
            call: 1 + below(8),
            when: chance(0.5) ? "before" : "after",
          }
        : undefined;
      const work = () =>
        Billing.billClosedDays(new Date(now)).then(
          () => {},
          () => {
            seen.failed++;
          },
        );
      return interleaving.add(`run ${index}`, work, mishap);
    });
    await interleaving.run(() => {
      // Past the day for which Stripe knows an identifier again.
      if (now > Date.parse("2030-05-13") || !chance(0.05)) return;
      // No run lives that long: the platform ends it after 15 minutes.
      interleaving.killAll();
      turnTo(now + 25 * HOUR);
    });
    seen.died += runs.filter(
      ({ mishap, calls }) => mishap?.kind === "dies" && calls >= mishap.call,
    ).length;
    if (now > Date.parse("2030-05-12")) seen.late++;

    stripe.setFault(() => undefined);
    turnTo(Math.max(now, Date.parse("2030-05-13T00:30:00Z")));
    await Billing.billClosedDays(new Date(now));
    expect(billedOf(stripe, buyer), `seed ${seed}: ${interleaving.trace}`).toEqual(received);
    const days = await Billing.listBilled(buyer.accountId, "2030-05");
    const listed = days.filter(({ requests }) => requests > 0);
    expect(Object.fromEntries(listed.map(({ day, requests }) => [day, requests]))).toEqual(
      received,
    );
    await forget(buyer.accountId);
  }
  process.stdout.write(`${INTERLEAVINGS} interleavings of billing: ${JSON.stringify(seen)}\n`);
  // Each thing that can happen did happen, many times.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(INTERLEAVINGS / 20);
});

async function receivedOf(accountId: string): Promise<Record<string, number>> {
  const days: Record<string, number> = {};
  for (const { at } of await receiptsOf(accountId)) {
    const day = String(at).slice(0, 10);
    days[day] = (days[day] ?? 0) + 1;
  }
  return days;
}

/** Takes the customer out of the next runs' way. */
async function forget(accountId: string): Promise<void> {
  const remove = { TableName: config().table.name, Key: key.customer(accountId) };
  await table().send(new DeleteCommand(remove));
}
