import * as v from 'valibot';
import type { Coverage } from '../../shared/domain/coverage/coverage';
import { barePercent } from '../../shared/domain/coverage/percent';
import { STRETCH_STATES, type Stretch } from '../../shared/domain/coverage/stretches';
import { floorTo, MINUTE_MS } from '../../shared/domain/interval';
import { marketKey } from '../../shared/domain/market';
import { SEGMENT_SOURCES } from '../../shared/domain/segment';
import { type Answer, jsonAnswer } from '../http/answer';
import {
  MarketField,
  MarketParameter,
  TimeField,
  timeOrNull,
  timeParameter,
  timeText,
} from '../http/texts';
import type { QueryContext, TimeRange } from '../ports';
import { statusOf } from './known-market';
import { marketCoverage, readMarketLedger } from './market-coverage';
import { orderedRange } from './ordered-range';

/** Parameters of `/v1/coverage`. */
export const CoverageParameters = v.strictObject({
  market: MarketParameter,
  from: v.optional(timeParameter('Start of the range; without it, of the wanted history')),
  to: v.optional(timeParameter('End of the range; without it, now')),
});

/** Covered share of sealed days in percent: `99.97`, cut, and `100` of all alone; null without a sealed day. */
export const CoveredField = v.pipe(
  v.nullable(v.pipe(v.string(), v.regex(/^\d{1,3}(?:\.\d\d)?$/))),
  v.description(
    'Share of the minutes of sealed days that are stored or without a trade, in percent, cut',
  ),
);

/** Answer of `/v1/coverage`. */
export const CoverageAnswer = v.strictObject({
  market: MarketField,
  from: TimeField,
  to: TimeField,
  covered: CoveredField,
  stretches: v.pipe(
    v.array(
      v.strictObject({
        from: TimeField,
        to: TimeField,
        state: v.picklist(STRETCH_STATES),
        reason: v.nullable(v.string()),
        dueAt: v.pipe(
          v.nullable(TimeField),
          v.description('Time of the next request for its days'),
        ),
        dueFrom: v.nullable(v.picklist(SEGMENT_SOURCES)),
      }),
    ),
    v.description('They follow each other without a hole; neighbours differ'),
  ),
});

/**
 * The stretches of a market's time, each in one state.
 *
 * @throws Problem for an unknown market, or a range that is no range
 */
export async function answerCoverage(
  { market, from, to }: v.InferOutput<typeof CoverageParameters>,
  asked: QueryContext,
): Promise<Answer> {
  orderedRange(from, to);
  // As exact as candles are: so that an answer stays the same for a minute.
  const context = { ...asked, nowMs: floorTo(asked.nowMs, MINUTE_MS) };
  const [status, ledger] = await Promise.all([
    statusOf(context, market),
    readMarketLedger(context, market),
  ]);
  const coverage = await marketCoverage(context, market, { status, ...ledger });
  const range = rangeOf(coverage, { fromMs: from, toMs: to });
  const answer: v.InferOutput<typeof CoverageAnswer> = {
    market: marketKey(market),
    from: timeText(range.fromMs),
    to: timeText(range.toMs),
    covered: barePercent(coverage.sealed),
    stretches: coverage.stretches.flatMap((stretch) => cutTo(range, stretch)),
  };
  return jsonAnswer(answer);
}

function rangeOf(
  coverage: Coverage,
  { fromMs, toMs }: { readonly fromMs: number | undefined; readonly toMs: number | undefined },
): TimeRange {
  const startMs = Math.min(Math.max(coverage.fromMs, fromMs ?? 0), coverage.toMs);
  return { fromMs: startMs, toMs: Math.max(startMs, Math.min(coverage.toMs, toMs ?? Infinity)) };
}

function cutTo({ fromMs, toMs }: TimeRange, stretch: Stretch) {
  const startMs = Math.max(fromMs, stretch.fromMs);
  const endMs = Math.min(toMs, stretch.toMs);
  if (startMs >= endMs) return [];
  const { state, reason, due } = stretch;
  return [
    {
      from: timeText(startMs),
      to: timeText(endMs),
      state,
      reason,
      dueAt: timeOrNull(due?.atMs),
      dueFrom: due?.source ?? null,
    },
  ];
}
