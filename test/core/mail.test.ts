import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newAddress, newEmail, PASSWORD } from "../support/person.ts";
import { makeDataDir } from "../support/server.ts";
import { NOW } from "../support/time.ts";

/** Each way of sending, with a configuration and a module of its own. */

const kept = { ...process.env };

beforeEach(() => {
  vi.resetModules();
  process.env = { ...kept, BASE_URL: "https://ocr.example.com" };
});
afterEach(() => {
  process.env = kept;
});

const freshMail = () => import("@imagetotext/core/mail");

/** A real SMTP server in this process; `refuse` makes it refuse every recipient. */
async function openSmtp(refuse = false) {
  const mails: { to: string[]; parsed: ParsedMail }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo: ({ address }, _session, done) =>
      done(refuse ? new Error(`<${address}> is not welcome`) : null),
    onData: (stream, session, done) => {
      void simpleParser(stream).then((parsed) => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), parsed });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  process.env.SMTP_URL = `smtp://127.0.0.1:${port}`;
  return { mails, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

test("where SMTP_URL is set a mail goes to that server, with text and HTML, and not to the outbox", async () => {
  const smtp = await openSmtp();
  const outbox = makeDataDir();
  process.env.MAIL_OUTBOX = outbox;
  process.env.MAIL_FROM = "Read It <hello@ocr.example.com>";
  const { send, Text, listOutbox } = await freshMail();
  const to = newEmail();
  await send({ to, ...Text.verification("https://ocr.example.com/verify-email?token=abc") }, NOW);
  await smtp.close();
  expect(smtp.mails).toHaveLength(1);
  const [{ to: envelope, parsed } = { to: [], parsed: undefined }] = smtp.mails;
  expect(envelope).toEqual([to]);
  expect(parsed?.subject).toBe("Confirm your e-mail address · imagetotext");
  expect(parsed?.from?.text).toBe('"Read It" <hello@ocr.example.com>');
  expect(parsed?.text).toContain("https://ocr.example.com/verify-email?token=abc\n");
  expect(parsed?.html).toContain('href="https://ocr.example.com/verify-email?token=abc"');
  expect(parsed?.attachments).toEqual([]);
  await expect(listOutbox()).rejects.toThrow("there is no outbox");
  expect(readdirSync(outbox)).toEqual([]);
});

test("an address with a line break or a list reaches no one else", async () => {
  const smtp = await openSmtp();
  const { send, Text } = await freshMail();
  await send({ to: "a@example.com\r\nBcc: b@example.com", ...Text.noAccount() }, NOW).catch(
    () => {},
  );
  await send({ to: "a@example.com, b@example.com", ...Text.noAccount() }, NOW).catch(() => {});
  await smtp.close();
  for (const { to, parsed } of smtp.mails) {
    expect(to).toHaveLength(1);
    expect(parsed.bcc).toBeUndefined();
  }
});

test("a mail that the server refuses is said to be unsent, and the error names nobody", async () => {
  const smtp = await openSmtp(true);
  const { send, Text } = await freshMail();
  const to = newEmail();
  const error = await send(
    { to, ...Text.passwordReset("https://x.example/secret-link") },
    NOW,
  ).catch((thrown) => thrown);
  await smtp.close();
  expect(error.code).toBe("mail.unsent");
  const whole = `${error.stack} ${error.cause?.stack} ${JSON.stringify(error)}`;
  expect(whole).not.toContain(to);
  expect(whole).not.toContain("secret-link");
});

test("without SMTP_URL and outbox a mail goes to SES", async () => {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      bodies.push({ path: request.url, ...JSON.parse(body) });
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ MessageId: "1" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  delete process.env.MAIL_OUTBOX;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SESV2: `http://127.0.0.1:${port}`,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const { send, Text, listOutbox } = await freshMail();
  const to = newEmail();
  await send({ to, ...Text.passwordReset("https://ocr.example.com/reset-password?token=x") }, NOW);
  server.close();
  expect(bodies).toHaveLength(1);
  expect(bodies[0]).toMatchObject({
    path: "/v2/email/outbound-emails",
    FromEmailAddress: "imagetotext <no-reply@example.com>",
    Destination: { ToAddresses: [to] },
    Content: { Simple: { Subject: { Data: "Set a new password · imagetotext" } } },
  });
  await expect(listOutbox()).rejects.toThrow("there is no outbox");
});

test("a mail with a link is not written where nobody said what the site's address is", async () => {
  process.env.BASE_URL = "";
  process.env.SMTP_URL = "smtp://127.0.0.1:1";
  const { Text } = await freshMail();
  expect(() => Text.alreadyHaveAccount()).toThrow("BASE_URL is not set");
});

test("the outbox keeps mails, newest first, readable by this user only", async () => {
  const { send, Text, listOutbox, findInOutbox } = await freshMail();
  const to = newEmail();
  await send({ to, ...Text.verification("https://x.example/1") }, NOW);
  await send({ to, ...Text.passwordReset("https://x.example/2") }, new Date(NOW.getTime() + 1));
  const [newest, oldest] = await listOutbox(to);
  expect(newest?.subject).toBe("Set a new password · imagetotext");
  expect(oldest).toMatchObject({ to, sentAt: NOW, html: expect.stringContaining("<!doctype") });
  expect(await findInOutbox(oldest?.id ?? "")).toEqual(oldest);
  expect(await findInOutbox("../../etc/passwd")).toBeUndefined();
});

test("every mail says who sends it, loads nothing, and escapes what people wrote", async () => {
  process.env.PRODUCT_NAME = "Read <It> & Co";
  process.env.SUPPORT_EMAIL = "help@ocr.example.com";
  const { Text } = await freshMail();
  const link = "https://ocr.example.com/x?token=a&b=c";
  const contents = [
    Text.verification(link),
    Text.passwordReset(link),
    Text.alreadyHaveAccount(),
    Text.noAccount(),
    Text.emailChanging('"><img src=x>@example.com'),
    Text.emailChanged('"><img src=x>@example.com'),
    Text.passwordChanged(),
    Text.tokenExpires(new Date("2030-03-15T09:30:00Z")),
  ];
  for (const { subject, text, html } of contents) {
    expect(subject).toContain("Read <It> & Co");
    expect(text).toContain("help@ocr.example.com");
    expect(text).toMatch(/https:\/\/ocr\.example\.com\//);
    expect(html).toContain("Read &lt;It&gt; &amp; Co");
    expect(html).not.toMatch(/<(img|script|link|iframe|style|form)/i);
    expect(html).toContain("https://ocr.example.com/");
  }
  expect(new Set(contents.map(({ subject }) => subject)).size).toBe(8);
  expect(contents.at(-1)?.text).toContain("2030-03-15 09:30 UTC");
});

test("what is done stays done when its notice cannot be sent, and a reminder is tried again", async () => {
  const smtp = await openSmtp(true);
  const Account = await import("@imagetotext/core/account");
  const Token = await import("@imagetotext/core/token");
  const email = newEmail();
  const signUp = { email, password: PASSWORD, address: newAddress() };
  await expect(Account.signUp(signUp, NOW)).rejects.toMatchObject({ code: "mail.unsent" });
  const accountId = (await Account.findByEmail(email)) ?? "";
  const request = { accountId, password: PASSWORD, newPassword: "quiet lantern borrows" };
  const { session } = await Account.changePassword(request, NOW);
  expect(await Account.findSession(session.secret, NOW)).toBeDefined();

  await Account.verify(accountId);
  const issued = new Date("2034-01-20T12:00:00Z");
  await Token.issue(accountId, issued);
  const dueAt = new Date("2034-07-10T12:00:00Z");
  expect(await Account.remindOfExpiry(dueAt)).toEqual({ sent: 0, unsent: 1 });
  expect(await Account.remindOfExpiry(dueAt)).toEqual({ sent: 0, unsent: 1 });
  await smtp.close();
});
