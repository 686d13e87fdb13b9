import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { METRICS, type MetricName } from '../domain/metrics';
import type { Telemetry } from '../domain/ports';

/** Structured logs, and metrics in CloudWatch's embedded format, of one function. */
export interface FunctionTelemetry extends Telemetry {
  /** Runs one invocation: its log lines carry its request id, and its metrics are published when it ends. */
  invocation<T>(context: Context, work: () => Promise<T>): Promise<T>;
}

const UNITS = {
  Count: MetricUnit.Count,
  Percent: MetricUnit.Percent,
  Seconds: MetricUnit.Seconds,
} as const;

/** Telemetry by Powertools, which reads its own `POWERTOOLS_*` variables. */
export function createTelemetry(): FunctionTelemetry {
  const logger = new Logger();
  const metrics = new Metrics();
  const telemetry: Telemetry = {
    debug: (message, details) => logger.debug(message, { ...details }),
    info: (message, details) => logger.info(message, { ...details }),
    warn: (message, details) => logger.warn(message, { ...details }),
    error: (message, details, cause) =>
      logger.error(message, { ...details, error: asError(cause) }),
    count: (metric, value) => add(metrics, metric, value),
  };
  return {
    ...telemetry,
    invocation: (context, work) => invocation(logger, metrics, context, work),
  };
}

function add(metrics: Metrics, metric: MetricName, value: number): void {
  metrics.addMetric(metric, UNITS[METRICS[metric]], value);
}

async function invocation<T>(
  logger: Logger,
  metrics: Metrics,
  context: Context,
  work: () => Promise<T>,
): Promise<T> {
  logger.addContext(context);
  try {
    return await work();
  } catch (error) {
    logger.error('failed: the invocation will be repeated', asError(error));
    add(metrics, 'Failures', 1);
    throw error;
  } finally {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
