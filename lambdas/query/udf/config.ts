import * as v from 'valibot';
import { type Answer, jsonAnswer } from '../http/answer';
import type { QueryContext } from '../ports';
import { SUPPORTED } from './resolutions';
import { udfExchange } from './symbol-names';

/** Parameters of `/udf/config`: whatever comes is ignored. */
export const ConfigParameters = v.object({});

/** Answer of `/udf/config`. */
export const ConfigAnswer = v.strictObject({
  supports_search: v.literal(true),
  supports_group_request: v.literal(false),
  supports_time: v.literal(true),
  supports_marks: v.literal(false),
  supports_timescale_marks: v.literal(false),
  supported_resolutions: v.array(v.picklist(SUPPORTED)),
  exchanges: v.array(v.strictObject({ value: v.string(), name: v.string(), desc: v.string() })),
  symbols_types: v.array(v.strictObject({ value: v.string(), name: v.string() })),
});

/** The type of all symbols. */
export const SYMBOL_TYPE = 'crypto';

/** Capabilities of this data feed. An empty value stands for all exchanges, or types. */
export function answerConfig(_parameters: object, { settings }: QueryContext): Promise<Answer> {
  const answer: v.InferOutput<typeof ConfigAnswer> = {
    supports_search: true,
    supports_group_request: false,
    supports_time: true,
    supports_marks: false,
    supports_timescale_marks: false,
    supported_resolutions: [...SUPPORTED],
    exchanges: [
      { value: '', name: 'All exchanges', desc: '' },
      ...settings.exchanges.map(({ exchange }) => ({
        value: udfExchange(exchange),
        name: exchange,
        desc: exchange,
      })),
    ],
    symbols_types: [
      { value: '', name: 'All types' },
      { value: SYMBOL_TYPE, name: SYMBOL_TYPE },
    ],
  };
  return Promise.resolve(jsonAnswer(answer));
}
