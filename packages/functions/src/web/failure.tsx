import { config } from "@imagetotext/core/config";
import { ERRORS } from "@imagetotext/core/error";
import type { FailurePage } from "../api/error.ts";
import { page } from "./layout.tsx";

/** What a person sees where a program gets the JSON of an error. */
export const failurePage: FailurePage = (c, error, status) => {
  const { message } = ERRORS[error.code];
  return page(
    c,
    { title: message, width: "narrow", status },
    <>
      <p class="eyebrow">{status}</p>
      <h1>{message}</h1>
      <p class="lead">{error.message}</p>
      <p>
        <a href="/">Home</a> · <a href="/api-docs">Documentation</a> ·{" "}
        <a href={`mailto:${config().site.supportEmail}`}>Support</a>
      </p>
      <p class="hint">
        Request <code>{c.var.requestId}</code>
      </p>
    </>,
  );
};
