/** Rows by column; null is empty. */
type CsvRows<Column extends string> = readonly Readonly<
  Record<Column, string | number | boolean | null>
>[];

/** RFC 4180: a header, and CRLF behind every line. */
export function csvLines<Column extends string>(
  columns: readonly Column[],
  rows: CsvRows<Column>,
): string {
  return csvHeader(columns) + csvRows(columns, rows);
}

/** The first line of the same. */
export function csvHeader(columns: readonly string[]): string {
  return csvLine(columns);
}

/** The lines after it. */
export function csvRows<Column extends string>(
  columns: readonly Column[],
  rows: CsvRows<Column>,
): string {
  return rows.map((row) => csvLine(columns.map((column) => String(row[column] ?? '')))).join('');
}

function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
