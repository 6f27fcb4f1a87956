import { afterEach, beforeEach, expect, test, vi } from "vitest";

const kept = { ...process.env };
beforeEach(() => {
  vi.resetModules();
});
afterEach(() => {
  process.env = { ...kept };
});

const plansWith = async (environment: Record<string, string>) => {
  Object.assign(process.env, environment);
  const { plans } = await import("@imagetotext/core/billing");
  return plans();
};

test("sells Free at 100 a day, Pay as you go and Pro", async () => {
  expect(await plansWith({})).toEqual([
    {
      id: "free",
      name: "Free",
      dailyLimit: 100,
      monthlyCents: 0,
      includedPerMonth: 0,
      centsPer1000: null,
    },
    {
      id: "payg",
      name: "Pay as you go",
      dailyLimit: 10_000,
      monthlyCents: 0,
      includedPerMonth: 0,
      centsPer1000: 150,
    },
    {
      id: "pro",
      name: "Pro",
      dailyLimit: 50_000,
      monthlyCents: 2_900,
      includedPerMonth: 30_000,
      centsPer1000: 90,
    },
  ]);
});

test("an operator changes any part of any plan, and the rest stays", async () => {
  const [free, payg, pro] = await plansWith({
    FREE_DAILY_LIMIT: "50",
    PLANS: '{"pro": {"name": "Business", "dailyLimit": 7}, "payg": {"centsPer1000": 200}}',
  });
  expect(free?.dailyLimit).toBe(50);
  expect(payg).toMatchObject({ dailyLimit: 10_000, centsPer1000: 200 });
  expect(pro).toMatchObject({ id: "pro", name: "Business", dailyLimit: 7, monthlyCents: 2_900 });
});

test.each([
  "not json",
  '{"gold": {}}',
  '{"pro": {"dailyLimit": -1}}',
  '{"pro": {"dailyLimit": 1.5}}',
  '{"pro": {"price": 1}}',
])("refuses a table of plans that is wrong: %s", async (PLANS) => {
  await expect(plansWith({ PLANS })).rejects.toThrow();
});

test("a new account has the free plan's day", async () => {
  process.env.PLANS = '{"free": {"dailyLimit": 7}}';
  const Account = await import("@imagetotext/core/account");
  const accountId = await Account.create(`${crypto.randomUUID()}@example.com`, new Date());
  expect(await Account.find(accountId)).toMatchObject({ plan: "free", dailyLimit: 7 });
});
