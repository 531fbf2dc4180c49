/** What a cell holds; null = an empty one. */
export type Cell = string | number | null;

/** A line of CSV as RFC 4180 has it, with its line break. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = isFormula(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What a spreadsheet would run instead of show, wherever it came from. */
function isFormula(text: string): boolean {
  return /^[=+\-@\t\r]/.test(text);
}
