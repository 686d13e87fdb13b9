import type { Duration } from 'aws-cdk-lib';
import { type MathExpression, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** The urgency of an alarm: someone acts now, at any hour (`page`), or on a working day (`ticket`). */
export type Severity = 'page' | 'ticket';

/** An alarm: the metric that it watches, and when it is active. */
export interface AlarmSpec {
  readonly id: string;
  /** Anchor of its heading in docs/runbook.md. */
  readonly runbook: string;
  /** The situation in which it is active. */
  readonly situation: string;
  readonly severity: Severity;
  readonly metric: Metric | MathExpression;
  readonly threshold: { readonly above: number } | { readonly below: number };
  /** Consecutive periods beyond the threshold. */
  readonly periods: number;
  /** @default the metric period of the stage */
  readonly period?: Duration;
  /** Treatment of a period without a value. */
  readonly missing: TreatMissingData;
}

/** A quarter of an hour with periods of five minutes: what passes sooner was mended by the next ticks. */
export const LASTING = 3;
export const AT_ONCE = 1;

/** For events, which are counted only when they happen. */
export const NOTHING_HAPPENED = TreatMissingData.NOT_BREACHING;
/** For measurements: without a value, the alarm keeps its state. Another alarm watches whether what measures runs at all. */
export const NOTHING_KNOWN = TreatMissingData.IGNORE;
/** For measurements that are always to be had: their silence is trouble. */
export const SILENCE_BREACHES = TreatMissingData.BREACHING;
