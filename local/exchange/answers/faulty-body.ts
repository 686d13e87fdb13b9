import type { AnswerFault } from '../answer-fault';
import type { AnswerRows } from '../exchange-api';

/** As many rows as an answer has that is cut: Gate.io's default without a limit. */
const CUT_ROWS = 100;

/** A page of HTML, as proxies and maintenance pages are. */
export const HTML_PAGE = '<html><body><h1>The site is under maintenance</h1></body></html>';

type Rows = readonly unknown[];

/** The body of an answer with status 200, as its fault leaves it. */
export function faultyBody(fault: AnswerFault | undefined, body: string, rows: AnswerRows): string {
  switch (fault) {
    case 'malformed-json':
      return body.slice(0, Math.floor(body.length / 2));
    case 'wrong-row-shape':
      return changed(body, rows, (all) => all.map((row) => withoutBaseVolume(row, rows)));
    case 'cut':
      return changed(body, rows, (all) => all.slice(0, CUT_ROWS));
    case 'empty':
      return changed(body, rows, () => []);
    case 'null':
      return 'null';
    case 'html':
      return HTML_PAGE;
    case 'more-columns':
      return changed(body, rows, (all) => all.map(withOneColumnMore));
    default:
      return body;
  }
}

/** A body without a list has no rows, and stays as it is. */
function changed(body: string, { listMembers }: AnswerRows, change: (rows: Rows) => Rows): string {
  const answer: unknown = JSON.parse(body);
  if (Array.isArray(answer)) return JSON.stringify(change(answer));
  if (!isRecord(answer)) return body;
  const member = listMembers.find((name) => Array.isArray(answer[name]));
  if (member === undefined) return body;
  return JSON.stringify({ ...answer, [member]: change(answer[member] as Rows) });
}

function withoutBaseVolume(row: unknown, { baseVolume }: AnswerRows): unknown {
  if (Array.isArray(row)) return row.filter((_, index) => index !== baseVolume);
  if (!isRecord(row)) return row;
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== baseVolume));
}

function withOneColumnMore(row: unknown): unknown {
  if (Array.isArray(row)) return [...(row as unknown[]), '42'];
  return isRecord(row) ? { ...row, more: '42' } : row;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
