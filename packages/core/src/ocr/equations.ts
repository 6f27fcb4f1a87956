/** Gauss-Jordan elimination with pivoting of n rows of n coefficients and the right side, in place. */
export function solve(rows: number[][]): number[] {
  const count = rows.length;
  for (let column = 0; column < count; column++) {
    let pivot = column;
    for (let row = column + 1; row < count; row++) {
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row;
    }
    const chosen = rows[pivot] ?? [];
    rows[pivot] = rows[column] ?? [];
    rows[column] = chosen;
    for (let row = 0; row < count; row++) {
      const other = rows[row];
      if (!other || row === column) continue;
      const factor = (other[column] ?? 0) / (chosen[column] ?? 1);
      for (let k = column; k <= count; k++) other[k] = (other[k] ?? 0) - factor * (chosen[k] ?? 0);
    }
  }
  return rows.map((row, i) => (row[count] ?? 0) / (row[i] ?? 1));
}
