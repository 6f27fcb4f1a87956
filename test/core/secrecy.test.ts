import * as Account from "@imagetotext/core/account";
import { expect, test, vi } from "vitest";
import { linkTo, makePerson, newAddress, newEmail, PASSWORD } from "../support/person.ts";
import { NOW } from "../support/time.ts";

test("the whole life of an account leaves no address, link, secret or password in the output", async () => {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation((chunk) => {
      written.push(String(chunk));
      return true;
    }),
  );
  const consoles = (["log", "info", "warn", "error", "debug"] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((...args) => {
      written.push(args.join(" "));
    }),
  );
  const { email, accountId, logIn } = await makePerson(NOW);
  const { session, device } = await logIn();
  const next = newEmail();
  await Account.changeEmail({ accountId, password: PASSWORD, newEmail: next }, NOW);
  const link = await linkTo(next, "verify-email");
  await Account.confirmEmail(link, NOW);
  await Account.confirmEmail(link, NOW).catch((error) => written.push(error.stack));
  await Account.startPasswordReset({ email: next, address: newAddress() }, NOW);
  const reset = await linkTo(next, "reset-password");
  await Account.resetPassword(reset, "quiet lantern borrows", NOW);
  await logIn().catch((error) => written.push(error.stack));
  await Account.signUp({ email: next, password: PASSWORD, address: newAddress() }, NOW);
  await Account.deleteAccount({ accountId, password: "quiet lantern borrows" }, NOW);
  for (const spy of [...spies, ...consoles]) spy.mockRestore();
  const output = written.join("\n");
  expect(written.length).toBeGreaterThanOrEqual(2);
  for (const secret of [email, next, link, reset, session.secret, device.secret, PASSWORD]) {
    expect(output).not.toContain(secret);
  }
});
