import type { Child } from "hono/jsx";
import type { Api } from "../api/app.ts";
import { siteUrl } from "../api/error.ts";
import { Code } from "./code.tsx";
import { page } from "./layout.tsx";
import { openApiDocument } from "./openapi.ts";

/** As much of a JSON schema as ours use. */
type Schema = {
  $ref?: string;
  type?: string | string[];
  description?: string;
  example?: unknown;
  const?: unknown;
  enum?: unknown[];
  format?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  additionalProperties?: Schema | boolean;
};

type Content = Record<string, { schema: Schema }>;

type Operation = {
  operationId: string;
  summary: string;
  security?: unknown[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
};

type Description = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

/** The OpenAPI description for people. With a script running each call can be tried. */
export function referenceRoute(app: Api): void {
  app.get("/api-reference", (c) => {
    const description = openApiDocument(siteUrl(c)) as unknown as Description;
    const { schemas } = description.components;
    return page(
      c,
      {
        title: "API reference",
        description:
          "Every call, field and status of the API, made from its OpenAPI description. Try calls in the browser.",
        scripts: ["reference.js"],
      },
      <>
        <h1>API reference</h1>
        <p class="lead">
          Made from <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1), which your tools can
          read too. New here? Begin with the <a href="/api-docs">documentation</a>.
        </p>
        <section id="try-token" class="card" hidden>
          <div class="field">
            <label for="token">Your token</label>
            <input
              id="token"
              type="password"
              autocomplete="off"
              spellcheck={false}
              placeholder="itt_…"
            />
            <p class="hint">
              For trying calls below. It stays in this page and is forgotten when you leave it.
              Calls count as any other.
            </p>
          </div>
        </section>
        <h2>Calls</h2>
        {Object.entries(description.paths).flatMap(([path, methods]) =>
          Object.entries(methods).map(([method, operation]) => (
            <Call
              path={path}
              method={method.toUpperCase()}
              operation={operation}
              schemas={schemas}
            />
          )),
        )}
        <h2>Types</h2>
        {Object.entries(schemas).map(([name, schema]) => (
          <details class="card operation" id={name}>
            <summary>
              <code>{name}</code>
              <span class="summary">{schema.description}</span>
            </summary>
            <Fields schema={schema} />
          </details>
        ))}
      </>,
    );
  });
}

type CallProps = {
  path: string;
  method: string;
  operation: Operation;
  schemas: Record<string, Schema>;
};

function Call({ path, method, operation, schemas }: CallProps) {
  const { operationId, summary, requestBody, responses } = operation;
  const [[mediaType, body] = []] = Object.entries(requestBody?.content ?? {});
  return (
    <details class="card operation" id={operationId}>
      <summary>
        <span class="method">{method}</span>
        <code>{path}</code>
        <span class="summary">{summary}</span>
      </summary>
      {body && (
        <>
          <h3>Body: {mediaType}</h3>
          <Fields schema={resolve(body.schema, schemas)} />
        </>
      )}
      <h3>Answers</h3>
      <ul class="schema">
        {Object.entries(responses).map(([status, { description, content }]) => (
          <li>
            <code>{status}</code> {withCodes(description)}{" "}
            {Object.values(content ?? {}).map(({ schema }) => (
              <TypeName schema={schema} />
            ))}
          </li>
        ))}
      </ul>
      <form
        class="try"
        hidden
        data-method={method}
        data-path={path}
        data-type={mediaType ?? ""}
        data-authenticated={operation.security ? "no" : "yes"}
      >
        <h3>Try it</h3>
        {body && (
          <>
            <div class="field">
              <label for={`${operationId}-file`}>Image</label>
              <input id={`${operationId}-file`} name="file" type="file" accept="image/*" required />
            </div>
            <div class="field">
              <label for={`${operationId}-language`}>
                Language <span class="hint">optional</span>
              </label>
              <input id={`${operationId}-language`} name="language" placeholder="eng" />
            </div>
          </>
        )}
        <button type="submit">Send</button>
        <div class="result" role="status" hidden>
          <p class="took hint" />
          <Code id={`${operationId}-result`} caption="Answer" code="" tall />
        </div>
      </form>
    </details>
  );
}

/** A list of error codes, each with a link to what the documentation says of it. */
function withCodes(description: string): Child {
  if (!description.includes(".")) return description;
  return description.split(", ").map((code, index) => (
    <>
      {index > 0 && ", "}
      <a class="type" href={`/api-docs#${code}`}>
        {code}
      </a>
    </>
  ));
}

function Fields({ schema }: { schema: Schema }): Child {
  const required = schema.required ?? [];
  return (
    <ul class="schema">
      {Object.entries(schema.properties ?? {}).map(([name, field]) => (
        <li>
          <code>{name}</code> <TypeName schema={field} />
          {!required.includes(name) && <span class="hint"> optional</span>}
          {field.description && <div class="hint">{field.description}</div>}
          {example(field)}
          {inner(field) && <Fields schema={inner(field) ?? {}} />}
        </li>
      ))}
    </ul>
  );
}

function example({ example: value, type }: Schema): Child {
  if (value === undefined) return null;
  return (
    <div class="hint">
      For example <code>{type === "string" ? String(value) : JSON.stringify(value)}</code>
    </div>
  );
}

/** The fields inside a field, unless they have a name and a place of their own. */
function inner(field: Schema): Schema | undefined {
  if (field.properties) return field;
  return field.items?.properties ? field.items : undefined;
}

function TypeName({ schema }: { schema: Schema }): Child {
  const { $ref, type, items, anyOf, enum: values } = schema;
  if ($ref) {
    const name = nameOf($ref);
    return (
      <a class="type" href={`#${name}`}>
        {name}
      </a>
    );
  }
  if (items) {
    return (
      <span class="type">
        list of <TypeName schema={items} />
      </span>
    );
  }
  if (anyOf) {
    return anyOf.map((option, index) => (
      <>
        {index > 0 && <span class="type"> or </span>}
        <TypeName schema={option} />
      </>
    ));
  }
  if (schema.const !== undefined) return <code>{JSON.stringify(schema.const)}</code>;
  if (values && values.length < 8) {
    return <span class="type">{values.map((value) => JSON.stringify(value)).join(" or ")}</span>;
  }
  return <span class="type">{schema.format ?? [type ?? "object"].flat().join(" or ")}</span>;
}

function resolve(schema: Schema, schemas: Record<string, Schema>): Schema {
  return schema.$ref ? (schemas[nameOf(schema.$ref)] ?? {}) : schema;
}

const nameOf = (reference: string) => reference.split("/").at(-1) ?? "";
