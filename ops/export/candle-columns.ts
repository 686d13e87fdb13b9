import type { StoredCandle } from '../../lambdas/shared/adapters/database/stored-candles';
import type { Decimal } from '../../lambdas/shared/domain/decimal';

/** A candle as it is exported. */
export interface ExportedCandle extends StoredCandle {
  /** Whether its day is sealed. */
  readonly final: boolean;
}

/** A column of an exported file: each kind has one form in Parquet, and one in CSV. */
export type CandleColumn = { readonly name: string } & (
  | { readonly kind: 'time'; readonly valueOf: (candle: ExportedCandle) => number }
  | { readonly kind: 'decimal'; readonly valueOf: (candle: ExportedCandle) => Decimal }
  | {
      readonly kind: 'nullable decimal';
      readonly valueOf: (candle: ExportedCandle) => Decimal | null;
    }
  | { readonly kind: 'count'; readonly valueOf: (candle: ExportedCandle) => number }
  | { readonly kind: 'flag'; readonly valueOf: (candle: ExportedCandle) => boolean }
  | { readonly kind: 'text'; readonly valueOf: (candle: ExportedCandle) => string }
);

/** The columns of an exported file, in their order. */
export const CANDLE_COLUMNS: readonly CandleColumn[] = [
  { name: 'time', kind: 'time', valueOf: ({ openTimeMs }) => openTimeMs },
  { name: 'open', kind: 'decimal', valueOf: ({ open }) => open },
  { name: 'high', kind: 'decimal', valueOf: ({ high }) => high },
  { name: 'low', kind: 'decimal', valueOf: ({ low }) => low },
  { name: 'close', kind: 'decimal', valueOf: ({ close }) => close },
  { name: 'base_volume', kind: 'decimal', valueOf: ({ baseVolume }) => baseVolume },
  { name: 'quote_volume', kind: 'nullable decimal', valueOf: ({ quoteVolume }) => quoteVolume },
  { name: 'minutes', kind: 'count', valueOf: ({ minuteCount }) => minuteCount },
  { name: 'closed', kind: 'flag', valueOf: ({ closed }) => closed },
  { name: 'final', kind: 'flag', valueOf: ({ final }) => final },
  { name: 'observed_at', kind: 'time', valueOf: ({ observedAtMs }) => observedAtMs },
  { name: 'source', kind: 'text', valueOf: ({ source }) => source },
];
