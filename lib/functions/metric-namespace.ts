import type { StageConfig } from '../stages/stage-config';

/** CloudWatch namespace of the metrics that a stage's functions publish: one for each stage of an account. */
export function metricNamespace({ name }: StageConfig): string {
  return `Candlestream/${name}`;
}
