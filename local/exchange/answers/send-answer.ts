import type { ServerResponse } from 'node:http';
import type { AnswerFault } from '../answer-fault';
import type { ExchangeApi } from '../exchange-api';
import type { ApiRefusals, ExchangeRefusal } from '../exchange-refusal';
import { faultyBody, HTML_PAGE } from './faulty-body';

const HTML_TYPE = 'text/html';

/** Often enough that no client takes the connection for idle. */
const ENDLESS_BODY_PAUSE_MS = 100;

/** An answer with status 200, and its fault. */
export interface FaultyAnswer {
  readonly fault: AnswerFault | undefined;
  readonly body: () => string;
}

/**
 * Sends an answer with status 200, or its fault.
 *
 * @throws ExchangeRefusal if the answer or its fault is one; nothing has been sent then
 */
export function sendAnswer(
  response: ServerResponse,
  { refusals, rows }: Pick<ExchangeApi, 'refusals' | 'rows'>,
  { fault, body }: FaultyAnswer,
): void {
  if (sendFault(response, refusals, fault)) return;
  const text = faultyBody(fault, body(), rows);
  sendText(response, 200, text, fault === 'html' ? HTML_TYPE : undefined);
}

/** Sends a file with status 200. */
export function sendFile(response: ServerResponse, file: Uint8Array): void {
  const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': file.length };
  response.writeHead(200, headers);
  response.end(file);
}

/**
 * Sends the faults that have nothing of the answer itself.
 *
 * @returns whether there is nothing more to send
 * @throws ExchangeRefusal if the fault is one
 */
export function sendFault(
  response: ServerResponse,
  refusals: ApiRefusals,
  fault: AnswerFault | undefined,
): boolean {
  switch (fault) {
    case 'hang':
      return true;
    case 'reset':
      response.socket?.resetAndDestroy();
      return true;
    case 'rate-limited':
      throw refusals.tooManyRequests();
    case 'server-error':
      throw refusals.serverError('scripted');
    case 'not-found':
      throw refusals.notFound('scripted');
    case 'bad-gateway':
      sendText(response, 502, '<html><body><h1>502 Bad Gateway</h1></body></html>', HTML_TYPE);
      return true;
    case 'redirect':
      response.setHeader('Location', '/maintenance');
      sendText(response, 302, HTML_PAGE, HTML_TYPE);
      return true;
    case 'endless-body':
      sendEndlessBody(response);
      return true;
    default:
      return false;
  }
}

/** Sends a refusal with its status. */
export function sendRefusal(response: ServerResponse, refusal: ExchangeRefusal): void {
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  sendText(response, refusal.status, JSON.stringify(refusal.body));
}

/** The start of a list, and blanks until the client or the exchange ends the connection. */
function sendEndlessBody(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.write('[');
  const timer = setInterval(() => response.write(' '), ENDLESS_BODY_PAUSE_MS);
  response.once('close', () => clearInterval(timer));
}

function sendText(
  response: ServerResponse,
  status: number,
  body: string,
  contentType = 'application/json',
): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': bytes.length });
  response.end(bytes);
}
