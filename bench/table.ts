/** Aligned columns: the first to the left, all others, being numbers, to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => `${line.map((cell, at) => pad(cell, at, widths[at] ?? 0)).join("  ")}\n`).join("");
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** Bytes for people, in MiB. */
export function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
