import { dayText, minuteText } from '../../cli/utc-time';
import type { Candle } from '../../lambdas/shared/domain/candle';
import { formatDecimal } from '../../lambdas/shared/domain/decimal';
import type { SegmentSource } from '../../lambdas/shared/domain/segment';
import { type DayDifference, isSame } from './day-difference';

/** Minutes of each kind that are printed; of the others their number. */
const MOST_PRINTED = 20;

/** A line for the day, and one for each minute that differs. */
export function differenceText(
  dayMs: number,
  source: SegmentSource,
  difference: DayDifference,
): string {
  const { added, changed, missing, rejected } = difference;
  const lines = [
    `${dayText(dayMs)}  ${source.padEnd(7)}  ${summary(difference)}`,
    ...firstOf(
      added,
      (candle) => `added     ${minuteText(candle.openTimeMs)}  ${valuesText(candle)}`,
    ),
    ...firstOf(changed, changeText),
    ...firstOf(
      missing,
      (candle) => `missing   ${minuteText(candle.openTimeMs)}  ${valuesText(candle)}`,
    ),
    ...firstOf(rejected, (one) => `rejected  ${minuteText(one.openTimeMs)}  ${one.reason}`),
  ];
  return `${lines.join('\n')}\n`;
}

function summary(difference: DayDifference): string {
  const { storedCount, answeredCount, unreadableCount } = difference;
  const counts = `${storedCount} minutes stored, ${answeredCount} answered`;
  if (isSame(difference)) return `${counts}: no difference`;
  const found = [
    [difference.added.length, 'added'],
    [difference.changed.length, 'changed'],
    [difference.missing.length, 'missing in the answer'],
    [difference.rejected.length, 'rejected'],
    [unreadableCount, 'unreadable'],
    [difference.windowCount, 'windows to write anew'],
  ] as const;
  const told = found.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`);
  return `${counts}: ${told.join(', ')}`;
}

function firstOf<T>(minutes: readonly T[], text: (minute: T) => string): string[] {
  const lines = minutes.slice(0, MOST_PRINTED).map((minute) => `  ${text(minute)}`);
  const others = minutes.length - lines.length;
  return others > 0 ? [...lines, `  ... and ${others} more`] : lines;
}

const FIELDS = ['open', 'high', 'low', 'close', 'baseVolume', 'quoteVolume'] as const;

function changeText({ stored, answered }: DayDifference['changed'][number]): string {
  const changes = FIELDS.flatMap((field) => {
    const [before, after] = [valueText(stored, field), valueText(answered, field)];
    return before === after ? [] : [`${nameOf(field)} ${before} -> ${after}`];
  });
  return `changed   ${minuteText(answered.openTimeMs)}  ${changes.join(', ')}`;
}

function valuesText(candle: Candle): string {
  return FIELDS.map((field) => `${nameOf(field)} ${valueText(candle, field)}`).join(', ');
}

function valueText(candle: Candle, field: (typeof FIELDS)[number]): string {
  const value = candle[field];
  return value === null ? 'unknown' : formatDecimal(value);
}

function nameOf(field: (typeof FIELDS)[number]): string {
  return field.replace('Volume', ' volume');
}
