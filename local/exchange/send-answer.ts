import type { ServerResponse } from 'node:http';
import { type ExchangeRefusal, notFound, serverError, tooManyRequests } from './exchange-refusal';
import type { AnswerFault } from './answer-fault';
import { faultyBody, HTML_PAGE } from './faulty-body';

const HTML_TYPE = 'text/html';

/** Often enough that no client takes the connection for idle. */
const ENDLESS_BODY_PAUSE_MS = 100;

/**
 * Sends an answer with status 200, or its fault.
 *
 * @throws ExchangeRefusal if the answer or its fault is one; nothing has been sent then
 */
export function sendAnswer(
  response: ServerResponse,
  fault: AnswerFault | undefined,
  body: () => string,
): void {
  if (sendFault(response, fault)) return;
  sendText(response, 200, faultyBody(fault, body()), fault === 'html' ? HTML_TYPE : undefined);
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
export function sendFault(response: ServerResponse, fault: AnswerFault | undefined): boolean {
  switch (fault) {
    case 'hang':
      return true;
    case 'reset':
      response.socket?.resetAndDestroy();
      return true;
    case 'rate-limited':
      throw tooManyRequests();
    case 'server-error':
      throw serverError('scripted');
    case 'not-found':
      throw notFound('scripted');
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
  sendText(response, refusal.status, refusal.body());
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
