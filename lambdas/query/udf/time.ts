import * as v from 'valibot';
import { type Answer, PLAIN_TYPE } from '../http/answer';
import type { QueryContext } from '../ports';

/** Parameters of `/udf/time`: whatever comes is ignored. */
export const TimeParameters = v.object({});

/** The time, in seconds since the epoch, as plain text. */
export function answerTime(_parameters: object, { nowMs }: QueryContext): Promise<Answer> {
  const body = String(Math.floor(nowMs / 1_000));
  return Promise.resolve({ status: 200, contentType: PLAIN_TYPE, body });
}
