import { bootstrap, type Score } from "./score.ts";

export type Result = Score & { cpuS: number };
/** One image as each program read it, by the program's name; none where it is not installed. */
export type Row = { category: string; kind: string; results: Map<string, Result | undefined> };

/** CER / WER / F1 in percent and CPU seconds, means by category, by kind and of all. */
export function accuracyTable(rows: readonly Row[], programs: readonly string[]): string[][] {
  const named = (key: "category" | "kind") => [...new Set(rows.map((row) => row[key]))].sort();
  const line = (name: string, part: readonly Row[]) => [
    name,
    String(part.length),
    ...programs.map((program) => cell(part.flatMap((row) => row.results.get(program) ?? []))),
  ];
  return [
    ...named("category").map((name) =>
      line(
        name,
        rows.filter(({ category }) => category === name),
      ),
    ),
    ...named("kind").map((name) =>
      line(
        name,
        rows.filter(({ kind }) => kind === name),
      ),
    ),
    line("all", rows),
  ];
}

/** How much one program differs from another on the same images, by kind, category and in all: points, with 95 % intervals. */
export function differenceTable(rows: readonly Row[], program: string, other: string): string[][] {
  const line = (name: string, part: readonly Row[]) => {
    const pairs = part.flatMap(({ results }) => {
      const [a, b] = [results.get(program), results.get(other)];
      return a && b ? [{ a, b }] : [];
    });
    if (pairs.length === 0) return [];
    const interval = (of: keyof Score) => {
      const { mean, low, high } = bootstrap(pairs.map(({ a, b }) => 100 * (a[of] - b[of])));
      return `${signed(mean)} (${signed(low)} .. ${signed(high)})`;
    };
    const total = (of: "a" | "b") => pairs.reduce((sum, pair) => sum + pair[of].cpuS, 0);
    const ratio = (total("a") / total("b")).toFixed(2);
    return [[name, String(pairs.length), interval("cer"), interval("f1"), ratio]];
  };
  const groups = ["category", "kind"] as const;
  return [
    ...groups.flatMap((key) =>
      [...new Set(rows.map((row) => row[key]))].sort().flatMap((name) =>
        line(
          name,
          rows.filter((row) => row[key] === name),
        ),
      ),
    ),
    ...line("all", rows),
  ];
}

/** A table in Markdown. */
export function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => "---"), ...rows];
  return `${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

function cell(results: readonly Result[]): string {
  if (results.length === 0) return "-";
  const mean = (of: keyof Result) => results.reduce((sum, r) => sum + r[of], 0) / results.length;
  const percent = (of: keyof Score) => (100 * mean(of)).toFixed(1);
  return `${percent("cer")} / ${percent("wer")} / ${percent("f1")} / ${mean("cpuS").toFixed(2)}`;
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(1)}`;
}
