/** Who sells plans needs all of these; README.md, Configuration, says what they are. */
const NEEDED = [
  "STRIPE_SECRET_KEY",
  "STRIPE_WEBHOOK_SECRET",
  "STRIPE_PRICE_PAYG",
  "STRIPE_PRICE_PRO",
  "STRIPE_PRICE_PRO_REQUESTS",
];
const OPTIONAL = ["STRIPE_METER_EVENT"];

/**
 * What a function that deals with Stripe gets from the environment of the deploy: nothing where plans
 * are not sold. The state of the deploy keeps it encrypted.
 * @throws Error naming what is missing, before anything is deployed
 */
export function stripeEnvironment(environment: Record<string, string | undefined>) {
  if (!environment.STRIPE_SECRET_KEY) return {};
  const missing = NEEDED.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`STRIPE_SECRET_KEY also needs ${missing.join(", ")}`);
  const set = [...NEEDED, ...OPTIONAL].flatMap((name) => {
    const value = environment[name];
    return value ? [[name, $util.secret(value)] as const] : [];
  });
  return Object.fromEntries(set);
}
