import { createTransport } from "nodemailer";
import { config } from "../config.ts";
import type { Mail } from "./index.ts";

/** One connection a mail: we send few, and a kept one would hold the process open. */
export async function sendBySmtp({ to, subject, text, html }: Mail): Promise<void> {
  const { smtpUrl, from } = config().mail;
  const transport = createTransport({
    url: smtpUrl ?? "",
    connectionTimeout: 5_000,
    socketTimeout: 10_000,
    // A mail is made of text alone: nothing in it may make the server read a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // As an object the address is taken as one address, whatever characters it holds.
  await transport.sendMail({ from, to: { name: "", address: to }, subject, text, html });
}
