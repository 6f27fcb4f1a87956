import { config } from "@imagetotext/core/config";

const PUBLIC_LINKS = [
  ["/api-docs", "Docs"],
  ["/api-reference", "Reference"],
  ["/pricing", "Pricing"],
] as const;

const ACCOUNT_LINKS = [
  ["/dashboard", "Dashboard"],
  ["/playground", "Playground"],
  ["/billing", "Billing"],
  ["/settings", "Settings"],
] as const;

type Place = { path: string; signedIn: boolean };

/**
 * The line on top of each page. On a phone the links fold into a menu; they are written twice, and the
 * style shows one of the two, so that the menu needs no script.
 */
export function Header(place: Place) {
  const { path, signedIn } = place;
  return (
    <header class="top">
      <div class="bar">
        <a class="brand" href="/">
          <Mark />
          {config().site.name}
        </a>
        <nav aria-label="Main" class="wide-only">
          <Links links={PUBLIC_LINKS} path={path} />
        </nav>
        <nav aria-label="Account" class="account wide-only">
          <AccountLinks {...place} />
        </nav>
        <div class="account phone-only">
          {signedIn ? (
            <NavLink href="/dashboard" path={path} label="Dashboard" />
          ) : (
            <a class="button small" href="/sign-up">
              Sign up
            </a>
          )}
          <details class="menu">
            <summary>Menu</summary>
            <nav aria-label="Menu">
              <Links links={PUBLIC_LINKS} path={path} />
              <AccountLinks {...place} />
            </nav>
          </details>
        </div>
      </div>
    </header>
  );
}

function AccountLinks({ path, signedIn }: Place) {
  if (!signedIn) {
    return (
      <>
        <NavLink href="/log-in" path={path} label="Log in" />
        <a class="button small" href="/sign-up">
          Sign up
        </a>
      </>
    );
  }
  return (
    <>
      <Links links={ACCOUNT_LINKS} path={path} />
      <form method="post" action="/log-out">
        <button class="link" type="submit">
          Log out
        </button>
      </form>
    </>
  );
}

function Links({ links, path }: { links: readonly (readonly [string, string])[]; path: string }) {
  return (
    <>
      {links.map(([href, label]) => (
        <NavLink href={href} path={path} label={label} />
      ))}
    </>
  );
}

function NavLink({ href, path, label }: { href: string; path: string; label: string }) {
  return (
    <a href={href} aria-current={path === href ? "page" : undefined}>
      {label}
    </a>
  );
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" width="28" height="28">
      <path class="corners" d="M5 11V5h6M21 5h6v6M27 21v6h-6M11 27H5v-6" />
      <path class="letter" d="M11 11.5h10M16 11.5v10" />
    </svg>
  );
}
