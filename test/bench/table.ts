export interface Column {
  readonly name: string;
  /** Decimal places of its numbers; whole numbers without it. */
  readonly digits?: number;
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Columns of milliseconds. */
export const milliseconds = (...names: readonly string[]): Column[] =>
  names.map((name) => ({ name: `${name} ms`, digits: 2 }));

/** Columns of words and whole numbers. */
export const plain = (...names: readonly string[]): Column[] => names.map((name) => ({ name }));

const grouped = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });

function cellText(value: string | number, { digits }: Column): string {
  if (typeof value === 'string') return value;
  if (Number.isNaN(value)) return 'none';
  return digits === undefined ? grouped(value) : value.toFixed(digits);
}

/** Markdown with aligned columns, which reads well in a terminal too. */
export function tableText({ caption, columns, rows }: Table): string {
  const cells = [
    columns.map(({ name }) => name),
    ...rows.map((row) => columns.map((column, i) => cellText(row[i] ?? '', column))),
  ];
  const widths = columns.map((_, i) => Math.max(3, ...cells.map((row) => row[i]?.length ?? 0)));
  const numeric = columns.map((_, i) => rows.every((row) => typeof row[i] === 'number'));
  const line = (row: readonly string[]): string => {
    const padded = row.map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)));
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, i) => (numeric[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  const [head = [], ...body] = cells;
  return [caption, '', line(head), line(rule), ...body.map(line)].join('\n');
}
