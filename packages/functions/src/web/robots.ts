import { config } from "@imagetotext/core/config";
import type { Api } from "../api/app.ts";
import { siteUrl } from "../api/error.ts";
import { base64Example, curlExample } from "./example.ts";

/** What programs that read sites look for. */
export function robotsRoutes(app: Api): void {
  app.get("/robots.txt", (c) =>
    c.text(
      `User-agent: *
Disallow: /api/
Disallow: /dashboard
Disallow: /settings
Disallow: /billing
Disallow: /playground
`,
    ),
  );

  app.get("/llms.txt", (c) => {
    const { name, supportEmail } = config().site;
    const values = { site: siteUrl(c), token: "<token>" };
    return c.text(`# ${name}

> An HTTP API that reads the text in images. Send an image; get its text, a box and a confidence for each word. No image and no text is kept.

Base URL: ${values.site}/api/ocr. Send \`Authorization: Bearer <token>\` with every call. A person signs up at ${values.site}/sign-up and generates the token in the dashboard.

A file:

    ${curlExample(values).replaceAll("\n", "\n    ")}

Base64 in JSON:

    ${base64Example(values).code.replaceAll("\n", "\n    ")}

The text is in \`data.text\`, words with boxes in \`data.raw_response\`. Formats: jpeg, png, gif, bmp, webp; at most 5 MB. Only an answer with 200 counts. On an error look at \`code\`, \`detail\` and \`doc_url\`; after 429 and 503 wait \`Retry-After\` seconds.

To retry safely, send \`Idempotency-Key\`, 1 to 255 characters of your choice, the same with each retry: an image that was answered is answered again for 24 hours, and charged once.

A request of more than 4.7 MB may be answered with 303: GET the address in \`Location\` with the same headers. Most clients do it by themselves; with cURL add \`-L\`.

## Documentation

- [Documentation](${values.site}/api-docs): endpoints, examples, limits, error catalogue
- [OpenAPI](${values.site}/openapi.json): the whole API, version 3.1
- [Reference](${values.site}/api-reference): the same for people
- [Pricing](${values.site}/pricing)
- [Support](${values.site}/support): ${supportEmail}
`);
  });
}
