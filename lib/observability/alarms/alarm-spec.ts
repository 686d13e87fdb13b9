import type { Duration } from 'aws-cdk-lib';
import { type MathExpression, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** An alarm: what it watches, and when it rings. */
export interface AlarmSpec {
  readonly id: string;
  /** Its heading in docs/runbook.md, as a link to it is written. */
  readonly runbook: string;
  /** What is the case when it rings. */
  readonly says: string;
  readonly metric: Metric | MathExpression;
  readonly rings: { readonly above: number } | { readonly below: number };
  /** For how many periods in a row. */
  readonly periods: number;
  /** @default the period of the stage's metrics */
  readonly period?: Duration;
  /** What a period without a value says. */
  readonly missing: TreatMissingData;
}

/** A quarter of an hour where a period is five minutes: what passes sooner has mended itself with the next ticks. */
export const LASTING = 3;
export const AT_ONCE = 1;

/** For what is counted only where it happens. */
export const NOTHING_HAPPENED = TreatMissingData.NOT_BREACHING;
/** For what is measured: without a value it is as it was. Whether fetch runs at all has an alarm of its own. */
export const NOTHING_KNOWN = TreatMissingData.IGNORE;
