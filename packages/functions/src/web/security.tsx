import type { Child } from "hono/jsx";
import type { Api } from "../api/app.ts";
import { page } from "./layout.tsx";

/**
 * How what OWASP ASVS 5.0.0 asks of accounts, tokens and images is met: the numbers are its own,
 * https://github.com/OWASP/ASVS/tree/v5.0.0_release/5.0/en. Tests keep the sentences true.
 */
const POINTS: readonly (readonly [string, string, Child])[] = [
  [
    "Passwords",
    "6.2.1, 6.2.4, 6.2.5, 6.2.9, 6.2.11",
    "12 to 128 characters, any of them. More than 3,000 that are guessed first are refused, and those made of your address or our name.",
  ],
  ["How they are kept", "11.4.2", "As argon2id (19 MiB, 2 passes), each with a salt of its own."],
  [
    "Guessing",
    "6.1.1, 6.3.1",
    "10 wrong passwords in 15 minutes from one address at one account, 50 from one address, 100 a day at one account. A browser that has logged in before is counted alone, and a reset by mail always works, so that nobody can lock an owner out.",
  ],
  [
    "Whose tries are counted",
    "4.1.3",
    "The address of the connection, which nobody can make up; never a header that a client can set.",
  ],
  [
    "Who has an account",
    "6.3.8",
    "Sign-up, log-in and reset give the same answer, and do the same work, whether or not an address has an account.",
  ],
  [
    "Links in mails",
    "6.4.1, 6.4.3, 6.5.1, 6.5.2, 6.5.3",
    "256 random bits, kept as a hash, used once, by a button: programs that open links change nothing. 24 hours for an address, one hour for a password.",
  ],
  [
    "Notices by mail",
    "6.3.7, 6.4.5",
    "A new password and a new address are told to the old address. A token that expires is told 14 days before.",
  ],
  [
    "Sessions",
    "7.2.3, 7.2.4, 7.3.1, 7.3.2, 7.4.1, 7.4.2, 7.4.3",
    "256 random bits, a new one at each log-in. Over after 30 minutes without use or 12 hours, at log-out on the server, with the account, and with a new password everywhere.",
  ],
  [
    "Cookies",
    "3.3.1 to 3.3.4",
    <>
      <code>__Host-</code>, <code>Secure</code>, <code>HttpOnly</code>, <code>SameSite=Lax</code>.
    </>,
  ],
  [
    "Forms of other sites (CSRF)",
    "3.5.1, 3.5.3",
    "What changes something is a POST, must be a form, and must carry our own origin. The API takes no cookies.",
  ],
  [
    "Asked again",
    "6.2.3, 7.5.1, 7.5.3",
    "Another address, another password and deleting the account want the password again.",
  ],
  [
    "Your own only",
    "8.2.1, 8.2.2, 8.3.1, 8.3.2, 8.4.1",
    "Every page and call works on the account of its session or token, never on one that the request names. A suspension and a new token hold from the next call.",
  ],
  [
    "Pages",
    "3.2.2, 3.4.1, 3.4.3 to 3.4.6, 3.6.1",
    "No inline script or style, nothing from other sites, no framing; HTTPS for a year (HSTS); no guessing of types.",
  ],
  [
    "Tokens",
    "9.1.1 to 9.1.3, 9.2.1 to 9.2.3",
    "Signed with Ed25519 and nothing else, one per account, 6 months at most, shown once, replaced at once. The function that decodes images holds only the public key.",
  ],
  [
    "Images",
    "5.2.1, 5.2.6",
    "The bytes decide the format. Bytes and pixels are limited before decoding. No SVG, PDF or TIFF. Each reader is a thread that is replaced when it hangs or crashes.",
  ],
  [
    "Logs and errors",
    "16.2.5, 16.5.1, 16.5.4",
    "Ids, codes, counts and times. Never a token, a link, an e-mail address, an image or its text. An error of ours says nothing but its number.",
  ],
];

/** What level 2 also asks for, and is not there. */
const MISSING: readonly (readonly [string, string, Child])[] = [
  ["A second factor", "6.3.3", "You log in with a password alone."],
  [
    "Passwords from leaks",
    "6.2.12",
    "They are looked up in our list of common ones, not in all that ever leaked.",
  ],
  [
    "A list of your sessions",
    "7.5.2",
    "A new password ends all others; they cannot be seen or ended one by one.",
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
          What the{" "}
          <a href="https://owasp.org/www-project-application-security-verification-standard/">
            OWASP ASVS 5.0.0
          </a>{" "}
          asks of accounts, tokens and images, and how we meet it. The numbers are those of its
          requirements.
        </p>
        <Points points={POINTS} />
        <h2>What is not there</h2>
        <p>Of what level 2 asks for besides, we know these to be missing.</p>
        <Points points={MISSING} />
        <p>
          Found a weakness? Write to <a href="/support">support</a>. See also{" "}
          <a href="/privacy">what we keep</a>.
        </p>
      </>,
    ),
  );
}

function Points({ points }: { points: typeof POINTS }) {
  return (
    <dl class="catalogue">
      {points.map(([what, numbers, how]) => (
        <div>
          <dt>
            <strong>{what}</strong> <span class="hint">{numbers}</span>
          </dt>
          <dd>{how}</dd>
        </div>
      ))}
    </dl>
  );
}
