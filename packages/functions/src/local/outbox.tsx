import { VisibleError } from "@imagetotext/core/error";
import * as Mail from "@imagetotext/core/mail";
import type { Context } from "hono";
import type { Api } from "../api/app.ts";
import { siteUrl } from "../api/error.ts";
import { clientAddress } from "../web/client-address.ts";
import { page } from "../web/layout.tsx";

/**
 * The mails that this server kept instead of sending them. Only the local server mounts it, and it
 * answers on this machine only: the links in the mails open accounts.
 */
export function outboxRoute(app: Api): void {
  app.get("/dev/outbox", async (c) => {
    if (!isOnThisMachine(c)) throw new VisibleError("route.not_found");
    const mails = Mail.way() === "outbox" ? await Mail.listOutbox() : [];
    return page(
      c,
      { title: "Outbox", width: "narrow" },
      <>
        <h1>Outbox</h1>
        <p class="lead">Mails of this local server, newest first. None of them was sent.</p>
        {mails.length === 0 && <p>There is none yet.</p>}
        {mails.slice(0, 50).map((mail) => (
          <article class="card mail">
            <h2>{mail.subject}</h2>
            <p class="hint">
              To {mail.to}, {mail.sentAt.toISOString().slice(0, 19).replace("T", " ")} UTC
            </p>
            <p class="words">
              {mail.text
                .split(/(https?:\/\/\S+)/)
                .map((part, index) => (index % 2 ? <a href={part}>{part}</a> : part))}
            </p>
          </article>
        ))}
      </>,
    );
  });
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];
const LOOPBACK_ADDRESSES = ["127.0.0.1", "::1", "::ffff:127.0.0.1"];

/** The names matter too: behind a proxy on this machine every connection comes from this machine. */
function isOnThisMachine(c: Context): boolean {
  const names = [siteUrl(c), c.req.url].map((url) => new URL(url).hostname);
  return (
    names.every((name) => LOOPBACK_NAMES.includes(name)) &&
    LOOPBACK_ADDRESSES.includes(clientAddress(c))
  );
}
