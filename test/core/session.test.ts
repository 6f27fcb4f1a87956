import * as Account from "@imagetotext/core/account";
import * as Mail from "@imagetotext/core/mail";
import { expect, test } from "vitest";

const PASSWORD = "violet harbour sings";
const NOW = new Date("2030-03-01T12:00:00Z");

test("from a stranger to somebody logged in", async () => {
  const email = `${crypto.randomUUID()}@example.com`;
  const address = crypto.randomUUID();
  await Account.signUp({ email, password: PASSWORD, address }, NOW);
  const [mail] = await Mail.listOutbox(email);
  const [, link = ""] = mail?.text.match(/\/verify-email\?token=(\S+)/) ?? [];
  expect(await Account.confirmEmail(link, NOW)).toMatchObject({ email });
  const { session } = await Account.logIn({ email, password: PASSWORD, address }, NOW);
  expect(await Account.findSession(session.secret, NOW)).toMatchObject({
    account: { email, verified: true, plan: "free", dailyLimit: 100 },
  });
  await Account.logOut(session.secret);
  expect(await Account.findSession(session.secret, NOW)).toBeUndefined();
});
