import type { ServerResponse } from 'node:http';
import { type ExchangeRefusal, serverError, tooManyRequests } from './exchange-refusal';
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
  switch (fault) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'rate-limited':
      throw tooManyRequests();
    case 'server-error':
      throw serverError('scripted');
    case 'bad-gateway':
      sendText(response, 502, '<html><body><h1>502 Bad Gateway</h1></body></html>', HTML_TYPE);
      return;
    case 'redirect':
      response.setHeader('Location', '/maintenance');
      sendText(response, 302, HTML_PAGE, HTML_TYPE);
      return;
    case 'endless-body':
      sendEndlessBody(response);
      return;
    default:
      sendText(response, 200, faultyBody(fault, body()), fault === 'html' ? HTML_TYPE : undefined);
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
