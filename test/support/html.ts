const ENTITIES: Record<string, string> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

/** What a reader sees of a piece of our HTML that holds only text and tags. */
function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** The pieces of code that a page shows, with the caption of each. */
export function codesOf(html: string): { caption: string; code: string }[] {
  const figures = html.matchAll(
    /<figcaption><span>([^<]*)<\/span>.*?<pre[^>]*><code[^>]*>(.*?)<\/code><\/pre>/gs,
  );
  return [...figures].map(([, caption = "", code = ""]) => ({ caption, code: textOf(code) }));
}
