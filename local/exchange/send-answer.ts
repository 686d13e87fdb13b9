import type { ServerResponse } from 'node:http';
import { type ExchangeRefusal, serverError, tooManyRequests } from './exchange-refusal';
import type { AnswerFault } from './faults';

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
  if (fault === 'hang') return;
  if (fault === 'reset') {
    response.socket?.resetAndDestroy();
  } else if (fault === 'bad-gateway') {
    sendText(response, 502, '<html><body><h1>502 Bad Gateway</h1></body></html>', 'text/html');
  } else {
    sendText(response, 200, faultyBody(fault, body));
  }
}

/** Sends a refusal with its status. */
export function sendRefusal(response: ServerResponse, refusal: ExchangeRefusal): void {
  sendText(response, refusal.status, refusal.body());
}

function faultyBody(
  fault: Exclude<AnswerFault, 'hang' | 'reset' | 'bad-gateway'> | undefined,
  body: () => string,
): string {
  switch (fault) {
    case undefined:
      return body();
    case 'rate-limited':
      throw tooManyRequests();
    case 'server-error':
      throw serverError('scripted');
    case 'malformed-json':
      return firstHalf(body());
    case 'wrong-row-shape':
      return withoutBaseVolumes(body());
  }
}

function firstHalf(body: string): string {
  return body.slice(0, Math.floor(body.length / 2));
}

/** Rows of seven strings: the base volume, the last but one, is left out. */
function withoutBaseVolumes(body: string): string {
  return body.replace(/,"[^"]*"(,"(?:true|false)"\])/g, '$1');
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
