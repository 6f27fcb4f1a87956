import * as Billing from "@imagetotext/core/billing";

/** The nightly billing in a process of its own, which a test kills. */
await Billing.billClosedDays(new Date(String(process.argv[2])));
