import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SchemaVersionIds } from '../../lambdas/shared/codec/schema-versions';
import type { ChosenSettings } from '../emulator/local-environment';
import type { Pipeline } from '../emulator/start-pipeline';
import { freePort } from '../../cli/free-port';
import { openTimedExchange, type TimedExchange } from '../run/run-exchange';
import { type LocalRun, type RunSettings, startLocalRun } from '../run/local-run';
import { GeneratedCandles } from '../exchange/candles/generated-candles';
import { defaultDataDir } from '../run/run-description';
import { type Usage, usageOf, usedSince } from './process-usage';

/** The first minute of all benchmarks. */
export const BENCH_START_MS = Date.parse('2026-03-01T00:00:00Z');

/** Removes the logs of the last benchmark. @returns the options of every run: stage `dev`, empty data, free ports, no output */
export async function benchRunOptions() {
  const dataDir = join(defaultDataDir(), 'bench');
  // The folder itself names the volumes of containers, which a fresh start removes.
  await rm(join(dataDir, 'logs'), { recursive: true, force: true });
  return {
    stage: 'dev',
    dataDir,
    engines: 'auto',
    kafkaPort: await freePort(),
    cassandraPort: await freePort(),
    fresh: true,
    onProgress: () => undefined,
  } as const;
}

/** A run with empty data and generated candles, whose exchange has no limits to speak of. */
export async function startBenchRun(
  pairs: readonly string[],
  chosen: ChosenSettings,
): Promise<LocalRun<TimedExchange>> {
  const settings: RunSettings = {
    ...chosen,
    pairs: { 'gate-io': pairs },
    exchanges: {
      'gate-io': {
        retentionMinutes: 100_000,
        requestsPer10Seconds: 1_000_000,
        ...chosen.exchanges?.['gate-io'],
      },
    },
  };
  return startLocalRun({
    ...(await benchRunOptions()),
    batchingWindows: false,
    exchange: () =>
      openTimedExchange(new GeneratedCandles({ seed: 1, pairs }), 'generated', {
        requestsPerWindow: 1_000_000,
        retentionPoints: 100_000,
      }),
    settings: () => settings,
  });
}

/** The schema version ids that the functions of a run are configured with. */
export function schemaVersionIdsOf({ template }: LocalRun<TimedExchange>): SchemaVersionIds {
  const ids = template.functions.transform.environment['SCHEMA_VERSION_IDS'] ?? '{}';
  return JSON.parse(ids) as SchemaVersionIds;
}

/** CPU time and memory by process: the functions, the engines, and this one, which emulates AWS. */
export type UsageByProcess = Readonly<Record<string, Usage | undefined>>;

/** A look at the processes of the functions. */
export function usageOfFunctions({ functions }: Pipeline): UsageByProcess {
  return Object.fromEntries(
    Object.entries(functions).map(([name, { pid }]) => [name, usageOf(pid ?? undefined)]),
  );
}

/** A look at the engines, and at this process, which emulates AWS and the exchange. */
export function usageOfEngines({ engines }: LocalRun<TimedExchange>): UsageByProcess {
  return {
    kafka: usageOf(engines.kafka.pid),
    cassandra: usageOf(engines.cassandra.pid),
    emulator: usageOf(process.pid),
  };
}

/** Usage of the processes between two looks. */
export function usedBetween(before: UsageByProcess, after: UsageByProcess): UsageByProcess {
  return Object.fromEntries(
    Object.entries(after).map(([name, usage]) => [name, usedSince(before[name], usage)]),
  );
}
