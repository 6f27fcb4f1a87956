import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import { key, table } from "../table.ts";
import { secondsOf } from "../time.ts";
import { findOwner } from "./customer.ts";
import { connect, type Stripe, settings } from "./stripe.ts";
import { cancelNow, fetchState, sync } from "./sync.ts";

/** Stripe sends an event again for at most 3 days. */
const DAYS_KEPT = 30;

/**
 * Takes an event that Stripe sent. Whatever it says, what counts is what Stripe answers when it is
 * asked: events come twice, late and in any order. An event counts as taken once that has succeeded.
 * @param payload the body, byte for byte
 * @throws VisibleError billing.invalid_event; billing.unavailable: Stripe sends it again
 */
export async function receiveEvent(payload: string, signature: string, now: Date): Promise<void> {
  const event = await verify(payload, signature, now);
  if (await isTaken(event.id)) return;
  const customerId = customerOf(event);
  if (customerId) await lookInto(customerId, now);
  await take(event, now);
}

/** A customer of whom we never knew may have something else that the operator sells. */
async function lookInto(customerId: string, now: Date): Promise<void> {
  const owner = await findOwner(customerId);
  if (owner === "deleted") await endPlansOf(customerId);
  else if (owner) await sync(owner.accountId, now);
}

/** Paid on a page of Stripe that was open while the account was deleted: nobody could use or end it. */
async function endPlansOf(customerId: string): Promise<void> {
  const { subscriptions } = await fetchState(customerId);
  for (const { id } of subscriptions) await cancelNow(id, false);
}

async function verify(payload: string, signature: string, now: Date): Promise<Stripe.Event> {
  const { webhookSecret } = settings();
  const { webhooks } = await connect();
  try {
    const tolerance = webhooks.DEFAULT_TOLERANCE;
    return webhooks.constructEvent(
      payload,
      signature,
      webhookSecret,
      tolerance,
      undefined,
      now.getTime(),
    );
  } catch (cause) {
    throw new VisibleError("billing.invalid_event", undefined, { cause });
  }
}

/** Sessions, subscriptions and invoices name their customer in the same field. */
function customerOf(event: Stripe.Event): string | undefined {
  const about = event.data.object;
  if (!("customer" in about)) return undefined;
  return typeof about.customer === "string" ? about.customer : about.customer?.id;
}

async function isTaken(eventId: string): Promise<boolean> {
  const { Item } = await table().send(
    new GetCommand({ TableName: config().table.name, Key: key.stripe(eventId) }),
  );
  return Item !== undefined;
}

async function take({ id, type }: Stripe.Event, now: Date): Promise<void> {
  const expiresAt = secondsOf(now) + DAYS_KEPT * 86_400;
  await table().send(
    new PutCommand({
      TableName: config().table.name,
      Item: { ...key.stripe(id), type, takenAt: now.toISOString(), expiresAt },
    }),
  );
}
