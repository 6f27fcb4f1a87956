import { DeleteCommand, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { key, queryPages, table } from "../table.ts";
import { secondsOf } from "../time.ts";
import { putNew, transact, type Writes } from "../transact.ts";
import { getPlan, type PlanId } from "./plan.ts";

/** What Stripe said last of an account's subscription. */
export type Standing = {
  /** The plan that is paid for; `free` without a subscription. */
  plan: PlanId;
  subscriptionId?: string | undefined;
  /** ISO 8601: when the subscription ends, where its owner has cancelled it. */
  endsAt?: string | undefined;
  /** ISO 8601: a payment has failed, and at this moment the plan ends. */
  graceEndsAt?: string | undefined;
};

/** An account that Stripe knows. */
export type Customer = Standing & {
  accountId: string;
  /** Stripe's id, `cus_...`. */
  customerId: string;
  /** The last day (UTC, `2026-11-22`) whose requests Stripe has. */
  billedThrough: string;
  /** Goes up with every standing, so that an older one never replaces a newer one. */
  revision: number;
};

/** A page of Stripe is open for a day at most, and an event comes within 3 days. */
const DELETED_KEPT_DAYS = 30;

/** @returns undefined for an account that never wanted a paid plan */
export async function findCustomer(accountId: string): Promise<Customer | undefined> {
  const { Item } = await table().send(
    new GetCommand({
      TableName: config().table.name,
      Key: key.customer(accountId),
      ConsistentRead: true,
    }),
  );
  return Item as Customer | undefined;
}

/** Whose a customer id of Stripe is: an account's, or one's that is deleted. */
export async function findOwner(
  customerId: string,
): Promise<{ accountId: string } | "deleted" | undefined> {
  const { Item } = await table().send(
    new GetCommand({
      TableName: config().table.name,
      Key: key.stripe(customerId),
      ConsistentRead: true,
    }),
  );
  if (!Item) return undefined;
  return Item.accountId === undefined ? "deleted" : { accountId: String(Item.accountId) };
}

/** All customers, by account id. */
export async function* listCustomers(): AsyncGenerator<Customer> {
  const pages = queryPages({
    KeyConditionExpression: "pk = :pk",
    ExpressionAttributeValues: { ":pk": key.customer("").pk },
    ConsistentRead: true,
  });
  for await (const { Items = [] } of pages) for (const item of Items) yield item as Customer;
}

/**
 * Keeps a new customer, unless the account has one by now.
 * @param billedThrough the day before the first that is billed
 */
export async function addCustomer(
  accountId: string,
  customerId: string,
  billedThrough: string,
): Promise<void> {
  const customer: Customer = { accountId, customerId, plan: "free", billedThrough, revision: 0 };
  await transact([
    putNew({ ...key.customer(accountId), ...customer }),
    putNew({ ...key.stripe(customerId), accountId }),
  ]);
}

/**
 * Forgets an account's customer. Of Stripe's id is kept that its account is deleted: what was on the
 * way may still be bought by it.
 */
export async function forgetCustomer(
  { accountId, customerId }: Customer,
  now: Date,
): Promise<void> {
  const TableName = config().table.name;
  const expiresAt = secondsOf(now) + DELETED_KEPT_DAYS * 86_400;
  const Item = { ...key.stripe(customerId), deletedAt: now.toISOString(), expiresAt };
  await table().send(new PutCommand({ TableName, Item }));
  await table().send(new DeleteCommand({ TableName, Key: key.customer(accountId) }));
}

/**
 * Keeps a standing and, where the plan is another one, puts the account on it: both or neither. Where
 * the plan stays, the gate is left alone, for its cap is the owner's own.
 * @returns whether it was kept: not when another standing came first, or the account is gone
 */
export async function saveStanding(before: Customer, standing: Standing): Promise<boolean> {
  const { plan, subscriptionId, endsAt, graceEndsAt } = standing;
  const optional = Object.entries({ subscriptionId, endsAt, graceEndsAt });
  const set = optional.filter(([, value]) => value !== undefined);
  const removed = optional.filter(([, value]) => value === undefined).map(([name]) => name);
  const keep: Writes[number] = {
    Update: {
      TableName: config().table.name,
      Key: key.customer(before.accountId),
      UpdateExpression: [
        `SET #plan = :plan, revision = :next${set.map(([name]) => `, ${name} = :${name}`).join("")}`,
        removed.length > 0 ? `REMOVE ${removed.join(", ")}` : "",
      ].join(" "),
      ConditionExpression: "revision = :revision",
      ExpressionAttributeNames: { "#plan": "plan" },
      ExpressionAttributeValues: {
        ":plan": plan,
        ":revision": before.revision,
        ":next": before.revision + 1,
        ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
      },
    },
  };
  const writes = plan === before.plan ? [keep] : [keep, putOnPlan(before.accountId, plan)];
  return (await transact(writes)) === undefined;
}

function putOnPlan(accountId: string, plan: PlanId): Writes[number] {
  return {
    Update: {
      TableName: config().table.name,
      Key: key.gate(accountId),
      UpdateExpression: "SET #plan = :plan, dailyLimit = :dailyLimit",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeNames: { "#plan": "plan" },
      ExpressionAttributeValues: { ":plan": plan, ":dailyLimit": getPlan(plan).dailyLimit },
    },
  };
}
