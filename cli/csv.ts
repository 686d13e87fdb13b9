/** RFC 4180: a header, and CRLF behind every line; null is empty. */
export function csvLines<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, string | number | boolean | null>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => String(row[column] ?? '')));
  return [columns, ...lines].map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
