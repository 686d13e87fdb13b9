import type { MetricName } from '../../lambdas/shared/domain/metrics';
import type { LogDetails, Telemetry } from '../../lambdas/shared/domain/ports';

interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly details: LogDetails;
  readonly cause?: unknown;
}

/** Telemetry that keeps what it is told. */
export class FakeTelemetry implements Telemetry {
  readonly lines: LogLine[] = [];
  readonly #values = new Map<MetricName, readonly number[]>();

  debug(message: string, details: LogDetails): void {
    this.lines.push({ level: 'debug', message, details });
  }
  info(message: string, details: LogDetails): void {
    this.lines.push({ level: 'info', message, details });
  }
  warn(message: string, details: LogDetails): void {
    this.lines.push({ level: 'warn', message, details });
  }
  error(message: string, details: LogDetails, cause: unknown): void {
    this.lines.push({ level: 'error', message, details, cause });
  }
  count(metric: MetricName, value: number): void {
    this.#values.set(metric, [...this.values(metric), value]);
  }
  counted(metric: MetricName): number {
    return this.values(metric).reduce((sum, value) => sum + value, 0);
  }
  /** Each value of a metric: CloudWatch takes the least and the greatest of them. */
  values(metric: MetricName): readonly number[] {
    return this.#values.get(metric) ?? [];
  }
  /** All metrics that were counted. */
  metrics(): MetricName[] {
    return [...this.#values.keys()];
  }
  messages(level: LogLine['level']): string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }
}
