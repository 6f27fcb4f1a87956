import * as Mail from "@imagetotext/core/mail";
import type { Api } from "../api/app.ts";
import { page } from "../web/layout.tsx";

/** The mails that this server kept instead of sending them. Only the local server mounts it. */
export function outboxRoute(app: Api): void {
  app.get("/dev/outbox", async (c) => {
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
