import type { Again } from "./form.ts";

/** What was typed before stands in it again, but for passwords. */
type FieldProps = Again & {
  /** Unique in the page. */
  id: string;
  name: string;
  label: string;
  type: "email" | "password" | "number";
  autocomplete: string;
  hint?: string;
};

/** One field, with what is wrong with it next to it. */
export function Field(props: FieldProps) {
  const { id, name, label, type, autocomplete, hint, form, problem } = props;
  const error = problem?.field === name ? problem.message : undefined;
  const about = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={type}
        autocomplete={autocomplete}
        required
        value={type === "password" ? undefined : form?.[name]}
        autofocus={error !== undefined}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={about || undefined}
      />
      {error && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** For a password that is being chosen. */
export function NewPassword({
  name,
  label,
  problem,
}: Pick<FieldProps, "name" | "label" | "problem">) {
  return (
    <Field
      id={name}
      name={name}
      label={label}
      type="password"
      autocomplete="new-password"
      hint="At least 12 characters. A few words are fine."
      problem={problem}
    />
  );
}

/** What is wrong with the form as a whole. */
export function FormProblem({ problem }: Pick<Again, "problem">) {
  if (!problem || problem.field) return null;
  return (
    <div class="notice bad" role="alert">
      <p>{problem.message}</p>
    </div>
  );
}
