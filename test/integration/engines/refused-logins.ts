import type { AnswerInstead } from '../support/tcp-proxy';

const SASL_AUTHENTICATE = 36;
const SASL_AUTHENTICATION_FAILED = 58;
/** As MSK words it: the Amazon MSK developer guide, "Troubleshoot your cluster". */
const REASON = '[e3b0c442-98fc-1c14-9af0-0242ac120002]: Too many connects';

/** Refuses the first logins with SASL, as a broker does that new connections come to too fast. */
export class RefusedLogins {
  #left: number;
  #refused = 0;

  constructor(count: number) {
    this.#left = count;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Of a request of Kafka's protocol: size, kind, version, correlation id. */
  readonly answerInstead: AnswerInstead = (request) => {
    if (request.length < 12 || request.readInt16BE(4) !== SASL_AUTHENTICATE) return undefined;
    if (this.#left === 0) return undefined;
    this.#left -= 1;
    this.#refused += 1;
    return refusal(request.readInt16BE(6), request.readInt32BE(8));
  };
}

/** Source: the protocol guide of Apache Kafka, `SaslAuthenticate Response`, versions 0 and 1. */
function refusal(version: number, correlationId: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(correlationId, 0);
  head.writeInt16BE(SASL_AUTHENTICATION_FAILED, 4);
  head.writeInt16BE(REASON.length, 6);
  const noBytes = Buffer.alloc(4);
  const noLifetime = Buffer.alloc(version === 0 ? 0 : 8);
  const body = Buffer.concat([head, Buffer.from(REASON), noBytes, noLifetime]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length, 0);
  return Buffer.concat([size, body]);
}
