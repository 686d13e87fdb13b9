import type { AnswerFault } from './answer-fault';

/** As many rows as an answer has that is cut: Gate.io's default without a limit. */
const CUT_ROWS = 100;

/** A page of HTML, as proxies and maintenance pages are. */
export const HTML_PAGE = '<html><body><h1>The site is under maintenance</h1></body></html>';

/** The body of an answer with status 200, as its fault leaves it. */
export function faultyBody(fault: AnswerFault | undefined, body: string): string {
  switch (fault) {
    case 'malformed-json':
      return body.slice(0, Math.floor(body.length / 2));
    case 'wrong-row-shape':
      return withoutBaseVolumes(body);
    case 'cut':
      return changedRows(body, (rows) => rows.slice(0, CUT_ROWS));
    case 'empty':
      return '[]';
    case 'null':
      return 'null';
    case 'html':
      return HTML_PAGE;
    case 'more-columns':
      return changedRows(body, (rows) => rows.map(withNinthColumn));
    default:
      return body;
  }
}

/** Rows of seven strings: the base volume, the last but one, is left out. */
function withoutBaseVolumes(body: string): string {
  return body.replace(/,"[^"]*"(,"(?:true|false)"\])/g, '$1');
}

/** A body that is no list has no rows, and stays as it is. */
function changedRows(body: string, change: (rows: readonly unknown[]) => unknown[]): string {
  const answer: unknown = JSON.parse(body);
  return Array.isArray(answer) ? JSON.stringify(change(answer as unknown[])) : body;
}

function withNinthColumn(row: unknown): unknown {
  return Array.isArray(row) ? [...(row as unknown[]), '42'] : row;
}
