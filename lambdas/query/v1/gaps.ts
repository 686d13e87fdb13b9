import * as v from 'valibot';
import { marketKey } from '../../shared/domain/market';
import { type Answer, jsonAnswer } from '../http/answer';
import { MarketField, MarketParameter, TimeField, timeText } from '../http/texts';
import type { QueryContext } from '../ports';
import { statusOf } from './known-market';

/** Parameters of `/v1/gaps`. */
export const GapsParameters = v.strictObject({
  market: MarketParameter,
});

/** Answer of `/v1/gaps`. */
export const GapsAnswer = v.strictObject({
  market: MarketField,
  gaps: v.array(
    v.strictObject({
      from: TimeField,
      to: TimeField,
      reason: v.string(),
      observedAt: TimeField,
    }),
  ),
});

/**
 * The gaps of a market, oldest first.
 *
 * @throws Problem for an unknown market
 */
export async function answerGaps(
  { market }: v.InferOutput<typeof GapsParameters>,
  context: QueryContext,
): Promise<Answer> {
  // No gap is stored of the time to come.
  const range = { fromMs: 0, toMs: context.nowMs };
  const [gaps] = await Promise.all([
    context.store.readGaps(market, range),
    statusOf(context, market),
  ]);
  const answer: v.InferOutput<typeof GapsAnswer> = {
    market: marketKey(market),
    gaps: gaps.map(({ fromMs, toMs, reason, observedAtMs }) => ({
      from: timeText(fromMs),
      to: timeText(toMs),
      reason,
      observedAt: timeText(observedAtMs),
    })),
  };
  return jsonAnswer(answer);
}
