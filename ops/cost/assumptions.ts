import { METRICS, type MetricName } from '../../lambdas/shared/domain/metrics';
import type { FunctionName } from '../../lib/naming/function-names';
import { PRICE_LIST } from './prices';

/** What the templates do not tell, and the costs follow from. {@link assumptions} says each in words. */
export const ASSUMED = {
  hoursPerMonth: 730n,
  /** How long candles have been stored: none is ever deleted. */
  storedMonths: 12n,
  /** A row as Keyspaces counts it: values, keys, client-side timestamps, and 100 bytes of its own. */
  rowBytes: 300n,
  rowOnTheWayBytes: 1_000n,
  /** A candle in a record, in Avro. */
  candleBytes: 75n,
  /** The rest of a record: its key, its envelope, its share of a batch. */
  recordBytes: 300n,
  /** The exchange's answer with its headers, and the request. */
  exchangeAnswerBytes: 2_500n,
  /** Of 16 at most. Measured: 20 pairs make some ten invocations a tick, fetch's own among them. */
  recordsPerInvocation: 4,
  fetchMsPerTick: 1_000n,
  /** 16 pairs at once, of a quarter of a second each. */
  fetchMsPerPair: 15n,
  transformMsPerInvocation: 100n,
  transformMsPerRecord: 5n,
  persistMsPerInvocation: 100n,
  persistMsPerRecord: 10n,
  /** A line of a function's log, as CloudWatch counts it. */
  logLineBytes: 640n,
  /** What Lambda writes at the start and the end of an invocation, and the metrics. */
  invocationLogBytes: 1_300n,
  brokerLogBytes: 300_000_000n,
  refusedTrafficLogBytes: 100_000_000n,
  /** An event poller takes 5 MB/s, and a unit 20 MB/s. */
  pollersPerUnit: 4,
  /** Of Keyspaces' metrics, one for each of three tables and of reading and writing. */
  metricsPerQuery: 6,
  emailsPerMonth: 100n,
  sparkWorkers: 2n,
  sparkVcpusPerWorker: 4n,
  sparkGbPerWorker: 16n,
  cassandraNodes: 3n,
  cassandraGbPerNode: 50n,
} as const;

/** What is published at any time; a metric of failures is charged in the hours of one. */
export const STEADY_METRICS = {
  fetch: [
    'PairsBehind',
    'WorstLag',
    'RetentionLeft',
    'RateLimitHeadroom',
    'MinutesObserved',
    'Duration',
  ],
  transform: ['MinutesRolledUp', 'Duration'],
  persist: ['CandlesStored', 'Duration'],
} as const satisfies Record<FunctionName, readonly MetricName[]>;

/** The assumptions of a stage's costs, a sentence each. */
export function assumptions(): string[] {
  const a = ASSUMED;
  return [
    `Prices are the list prices of ${PRICE_LIST.region} as of ${PRICE_LIST.asOf}, without free tiers, discounts and taxes. A month has ${a.hoursPerMonth} h.`,
    "Every pair trades in every minute, and every tick finds the last one stored: the minutes that are asked for, the rows and the reads are counted by playing a month of one pair with the functions' own code.",
    `A row is about ${a.rowBytes} bytes: a write is one unit, and storage is that of ${a.storedMonths} months of candles. Loading history, and reading candles out, come on top.`,
    `An invocation of transform or persist gets ${a.recordsPerInvocation} records, as measured locally (docs/figures.md); repetitions after a failure, and cold starts, are not counted.`,
    `Fetch takes ${a.fetchMsPerTick} ms and ${a.fetchMsPerPair} ms a pair; transform ${a.transformMsPerInvocation} ms and ${a.transformMsPerRecord} ms a record; persist ${a.persistMsPerInvocation} ms and ${a.persistMsPerRecord} ms a record: round trips, as the CPU of a candle is some 35 us (docs/figures.md).`,
    `A function logs ${a.logLineBytes} bytes a segment and ${a.invocationLogBytes} an invocation; a broker ${a.brokerLogBytes / 1_000_000n} MB a month; refused traffic is ${a.refusedTrafficLogBytes / 1_000_000n} MB.`,
    `The functions publish ${steadyMetrics()} metrics at any time, and ${Object.keys(METRICS).length} kinds in all: those of failures are charged in the hours of one. What AWS services publish of themselves is free. An alarm's query finds ${a.metricsPerQuery} metrics.`,
    'All traffic crosses a zone, and the pollers of an event source on demand reach Lambda through the NAT gateway. What brokers send each other is free.',
    `The brokers' disks stay as they are to begin with. An event poller unit serves ${a.pollersPerUnit} pollers of one event source, or of a poller group; the pollers stay at their least.`,
  ];
}

/** The assumptions of the stack that a stage is compared with. */
export function peerAssumptions(): string[] {
  const a = ASSUMED;
  return [
    'The brokers and the way to the exchange are those of the stage.',
    'Airflow: the smallest environment of MWAA, without further workers.',
    `Spark: one streaming job on EMR Serverless, a driver and an executor of ${a.sparkVcpusPerWorker} vCPU and ${a.sparkGbPerWorker} GB each, at all hours.`,
    `Cassandra: ${a.cassandraNodes} nodes t4g.large with ${a.cassandraGbPerNode} GB of gp3 each, on demand.`,
    'Not counted, in its favour: its logs, metrics and alarms, backups, checkpoints, traffic between zones, a schema registry, and the work of whoever runs Cassandra.',
  ];
}

function steadyMetrics(): number {
  return Object.values(STEADY_METRICS).flat().length;
}
