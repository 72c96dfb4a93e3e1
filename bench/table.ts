const NUMBER = /^[\d.]+$|^–$/;

/** Aligned columns: numbers to the right, all else to the left. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = head.map((title, at) => {
    const cells = rows.map((row) => row[at] ?? "");
    const width = Math.max(title.length, ...cells.map((cell) => cell.length));
    const toTheRight = cells.every((cell) => NUMBER.test(cell));
    return (cell: string): string => (toTheRight ? cell.padStart(width) : cell.padEnd(width));
  });
  const line = (cells: readonly string[]): string => columns.map((align, at) => align(cells[at] ?? "")).join("  ");
  return [head, ...rows].map((cells) => `${line(cells).trimEnd()}\n`).join("");
}

/** Bytes for people, in MiB. */
export function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
