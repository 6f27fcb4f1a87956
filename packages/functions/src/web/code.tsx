import type { Child } from "hono/jsx";
import type { Example } from "./example.ts";

/** A piece of code with a caption. With a script running it can be copied. `id` is unique in the page. */
export function Code(props: {
  id: string;
  caption: string;
  code: string;
  tall?: boolean;
  wrap?: boolean;
}) {
  const { id, caption, code, tall, wrap } = props;
  const look = ["code", tall && "tall", wrap && "wrap"].filter(Boolean).join(" ");
  return (
    <figure class={look}>
      <figcaption>
        <span>{caption}</span>
        <button type="button" data-copy={id} hidden>
          Copy
        </button>
      </figcaption>
      {/* Long lines must be scrollable by keyboard. */}
      <pre tabindex={0}>
        <code id={id}>{colour(code)}</code>
      </pre>
    </figure>
  );
}

/** The same code in several languages, one open at a time. */
export function Snippets({ id, examples }: { id: string; examples: Example[] }) {
  return (
    <>
      {examples.map(({ label, file, code }, index) => (
        <details class="snippet" name={id} open={index === 0}>
          <summary>{label}</summary>
          <Code id={`${id}-${index}`} caption={file} code={code} />
        </details>
      ))}
    </>
  );
}

/** Strings, keys, numbers and comments: enough for JSON and short examples. */
const TOKENS =
  /(?<key>"(?:[^"\\\n]|\\.)*"(?=\s*:))|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|(?<comment>^#[^\n]*|\/\/ [^\n]*)|(?<number>(?<![\w.:@/-])\d+(?:\.\d+)?\b)/gm;

const CLASSES = [
  ["key", "k"],
  ["string", "s"],
  ["comment", "c"],
  ["number", "n"],
] as const;

function colour(code: string): Child[] {
  const parts: Child[] = [];
  let end = 0;
  for (const match of code.matchAll(TOKENS)) {
    const [name] = CLASSES.filter(([group]) => match.groups?.[group] !== undefined);
    parts.push(code.slice(end, match.index), <span class={name?.[1]}>{match[0]}</span>);
    end = match.index + match[0].length;
  }
  parts.push(code.slice(end));
  return parts;
}
