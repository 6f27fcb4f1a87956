import * as z from "zod";

/** What an operator may set for a deploy, in the environment of `sst deploy`. README.md lists all. */
const Settings = z.object({
  DEPLOY_ARCHITECTURE: z.enum(["x86_64", "arm64"]).default("x86_64"),
  // Lambda has nothing between: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
  DEPLOY_OCR_MEMORY_MB: z.coerce.number().int().min(512).max(10_240).default(1769),
  DEPLOY_WEB_MEMORY_MB: z.coerce.number().int().min(128).max(10_240).default(512),
  DEPLOY_REQUESTS_PER_SECOND: z.coerce.number().int().min(1).default(100),
  DEPLOY_BURST: z.coerce.number().int().min(1).default(200),
  DEPLOY_KEY_GENERATION: z.coerce.number().int().min(1).default(1),
  DEPLOY_METRICS: z.enum(["on", "off"]).default("on"),
  DEPLOY_DOMAIN: z.string().optional(),
  DEPLOY_MAIL_FROM: z.string().optional(),
  DEPLOY_ALARM_EMAIL: z.email().optional(),
});

export type Settings = ReturnType<typeof readSettings>;

/** @throws ZodError naming the variables that are wrong, before anything is deployed */
export function readSettings(environment: Record<string, string | undefined>) {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const env = Settings.parse(set);
  return {
    architecture: env.DEPLOY_ARCHITECTURE,
    /** MB. At 1769 MB a function has one whole vCPU. */
    ocrMemory: env.DEPLOY_OCR_MEMORY_MB,
    webMemory: env.DEPLOY_WEB_MEMORY_MB,
    /** All callers together; past it the gateway answers 429 without a Lambda. */
    requestsPerSecond: env.DEPLOY_REQUESTS_PER_SECOND,
    burst: env.DEPLOY_BURST,
    /** Raised by one to make a new signing key; the one before is still accepted. */
    keyGeneration: env.DEPLOY_KEY_GENERATION,
    /** Whether log lines carry metrics. */
    metrics: env.DEPLOY_METRICS,
    domain: env.DEPLOY_DOMAIN,
    /** Domain or address that SES may send from. */
    mailFrom: env.DEPLOY_MAIL_FROM,
    alarmEmail: env.DEPLOY_ALARM_EMAIL,
  };
}

/** The sender's address: mail of a whole domain comes from `no-reply` there. */
export function senderOf(mailFrom: string): string {
  return mailFrom.includes("@") ? mailFrom : `no-reply@${mailFrom}`;
}
