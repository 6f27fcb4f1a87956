import type { Permissions } from "./functions.ts";
import { senderOf } from "./settings.ts";

/** What a function needs to send mail. Without a sender there is none. */
export function mailing(mailFrom: string | undefined): {
  environment: Record<string, string>;
  permissions: Permissions;
} {
  if (!mailFrom) return { environment: {}, permissions: [] };
  const { nodes } = new sst.aws.Email("Mail", { sender: mailFrom });
  return {
    environment: { MAIL_FROM: senderOf(mailFrom) },
    permissions: [
      { actions: ["ses:SendEmail"], resources: [nodes.identity.arn, nodes.configurationSet.arn] },
    ],
  };
}
