import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { config } from "../config.ts";
import type { Mail } from "./index.ts";

let client: SESv2Client | undefined;

export async function sendBySes({ to, subject, text, html }: Mail): Promise<void> {
  client ??= new SESv2Client({
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 8_000 },
  });
  const utf8 = (Data: string) => ({ Data, Charset: "UTF-8" });
  await client.send(
    new SendEmailCommand({
      FromEmailAddress: config().mail.from,
      Destination: { ToAddresses: [to] },
      Content: {
        Simple: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } },
      },
    }),
  );
}
