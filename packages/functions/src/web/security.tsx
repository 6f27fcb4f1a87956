import type { Child } from "hono/jsx";
import type { Api } from "../api/app.ts";
import { page } from "./layout.tsx";

/** How each thing that OWASP ASVS 4.0.3, level 2, asks of accounts is met. Tests keep them true. */
const POINTS: readonly (readonly [string, string, Child])[] = [
  [
    "Passwords",
    "V2.1, V2.4",
    "12 to 128 characters, any of them; the first ones that are guessed are refused. Kept as argon2id (19 MiB, 2 passes) with a salt of its own.",
  ],
  [
    "Guessing",
    "V2.2.1",
    "Attempts are counted by account and by address. A browser that has logged in before is counted alone, so that nobody can lock its owner out.",
  ],
  [
    "Who has an account",
    "V2.2, V3.7",
    "Sign-up, log-in and reset give the same answer, and do the same work, whether or not an address has an account.",
  ],
  [
    "Links in mails",
    "V2.5",
    "256 random bits, kept as a hash, used once, by a button: programs that open links change nothing. 24 hours for an address, one hour for a password.",
  ],
  [
    "Sessions",
    "V3.2, V3.3",
    "A new one at each log-in. Over after 30 minutes without use or 12 hours, at log-out on the server, and with a new password everywhere.",
  ],
  [
    "Cookies",
    "V3.4",
    <>
      <code>__Host-</code>, <code>Secure</code>, <code>HttpOnly</code>, <code>SameSite=Lax</code>.
    </>,
  ],
  [
    "Forms of other sites (CSRF)",
    "V4.2.2, V13.2.3",
    "A POST must be a form and carry our own origin. The API takes no cookies.",
  ],
  [
    "Asked again",
    "V3.7.1",
    "Another address, another password and deleting the account want the password again. The old address is told.",
  ],
  [
    "Pages",
    "V14.4",
    "No inline script or style, nothing from other sites, no framing; HTTPS for a year (HSTS); no guessing of types.",
  ],
  [
    "Tokens",
    "V3.5.3",
    "Signed with Ed25519, one per account, 6 months at most, shown once, replaced at once. The function that decodes images holds only the public key.",
  ],
  [
    "Images",
    "V12",
    "The bytes decide the format. Sizes are checked before decoding. No SVG, PDF or TIFF. Each reader is a thread that is replaced when it hangs or crashes.",
  ],
  [
    "Logs",
    "V7.1",
    "Ids, codes, counts and times. Never a token, a link, an e-mail address, an image or its text.",
  ],
];

export function securityRoute(app: Api): void {
  app.get("/security", (c) =>
    page(
      c,
      { title: "Security", width: "narrow" },
      <>
        <h1>Security</h1>
        <p class="lead">
          How we meet OWASP ASVS 4.0.3, level 2, where it concerns accounts, tokens and images.
        </p>
        <dl class="catalogue">
          {POINTS.map(([what, chapter, how]) => (
            <div>
              <dt>
                <strong>{what}</strong> <span class="hint">{chapter}</span>
              </dt>
              <dd>{how}</dd>
            </div>
          ))}
        </dl>
        <p>
          Found a weakness? Write to <a href="/support">support</a>. See also{" "}
          <a href="/privacy">what we keep</a>.
        </p>
      </>,
    ),
  );
}
