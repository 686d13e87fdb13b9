import { METRICS, type MetricName } from '../../../lambdas/shared/domain/metrics';
import type { FunctionName } from '../../../lib/naming/function-names';
import { PRICE_LIST } from '../prices';

/** Values that the costs depend on, but the templates do not contain. {@link assumptions} describes each. */
export const ASSUMED = {
  hoursPerMonth: 730n,
  /** Age of the stored candles: none is ever deleted. */
  storedMonths: 12n,
  /** A row as Keyspaces counts it: values, keys, client-side timestamps, and 100 bytes of its own. */
  rowBytes: 300n,
  rowOnTheWayBytes: 1_000n,
  /** A candle in a record, in Avro. */
  candleBytes: 75n,
  /** The rest of a record: key, envelope, share of a batch. */
  recordBytes: 300n,
  /** Audits until a day is sealed: the first corrects something, the next two agree. */
  auditsPerDay: 3n,
  /** A minute in an answer of the exchange: an audit asks for a day of them. */
  minuteAnswerBytes: 90n,
  /** A minute in the compressed archive. */
  archivedMinuteBytes: 25n,
  /** The exchange's answer with its headers, and the request. */
  exchangeAnswerBytes: 2_500n,
  /** Without a batching window. Measured: 20 pairs cause some ten invocations a tick, including that of fetch. */
  recordsPerInvocation: 4,
  fetchMsPerTick: 1_000n,
  /** 16 pairs at a time, a quarter of a second each. */
  fetchMsPerPair: 15n,
  reconcileMsPerFiring: 300n,
  /** Reading the ledger of a pair, 16 at a time. */
  reconcileMsPerPair: 5n,
  /** Two pages of the exchange, or a day of the archive. */
  reconcileMsPerAudit: 600n,
  transformMsPerAudit: 250n,
  /** Some 1,900 rows, which Keyspaces accepts at its own pace. */
  persistMsPerAudit: 1_000n,
  transformMsPerInvocation: 100n,
  transformMsPerRecord: 5n,
  persistMsPerInvocation: 100n,
  persistMsPerRecord: 10n,
  /** Reading 500 candles, and compressing them. */
  queryMs: 60n,
  /** A candle in an answer of JSON, compressed. */
  compressedCandleBytes: 28n,
  /** A log line of a function, as CloudWatch counts it. */
  logLineBytes: 640n,
  /** Lambda's lines at the start and the end of an invocation, and the metrics. */
  invocationLogBytes: 1_300n,
  brokerLogBytes: 300_000_000n,
  refusedTrafficLogBytes: 100_000_000n,
  /** An event poller handles 5 MB/s, and a unit 20 MB/s. */
  pollersPerUnit: 4,
  /** Metrics of Keyspaces that a query finds: one for each of four tables, for reading and for writing. */
  metricsPerQuery: 8,
  emailsPerMonth: 100n,
  sparkWorkers: 2n,
  sparkVcpusPerWorker: 4n,
  sparkGbPerWorker: 16n,
  cassandraNodes: 3n,
  cassandraGbPerNode: 50n,
} as const;

/** Metrics that are always published; a metric of failures is charged only in hours with failures. */
export const STEADY_METRICS = {
  fetch: [
    'MarketsBehind',
    'WorstLag',
    'RetentionLeft',
    'MarketsUnknown',
    'MarketsSilent',
    'RateLimitHeadroom',
    'MinutesObserved',
    'NewestMinuteAge',
  ],
  reconcile: ['HistoryDaysLeft', 'DaysOverdue', 'DaysDisputed', 'DaysUnderWay', 'Completeness'],
  transform: ['MinutesRolledUp'],
  persist: ['CandlesStored', 'AuditsStored', 'CandlesCorrected'],
} as const satisfies Record<FunctionName, readonly MetricName[]>;

/** The assumptions behind the cost of a stage. */
export function assumptions(): string[] {
  const a = ASSUMED;
  return [
    `Prices are the list prices of ${PRICE_LIST.region} as of ${PRICE_LIST.asOf}, without free tiers, discounts and taxes. A month has ${a.hoursPerMonth} h.`,
    "Every pair trades in every minute, and every tick finds the previous one stored, and its minutes unchanged: requested minutes, rows and reads are counted by simulating a month of one pair with the functions' own code.",
    `A row is about ${a.rowBytes} bytes: a write is one unit, and ${a.storedMonths} months of candles are stored. Loading history costs extra, and so do queries: both are told apart.`,
    `A query takes ${a.queryMs} ms, and a candle in its compressed answer ${a.compressedCandleBytes} bytes. A query API that nobody asks costs nothing.`,
    `A past day is asked for ${a.auditsPerDay} times until it is sealed, each time whole. Its candles are written once: when it is sealed.`,
    `An invocation of transform or persist gets ${a.recordsPerInvocation} records, as measured locally (docs/figures.md); with a batching window, those that fetch appends in it, one every ${a.fetchMsPerPair} ms, up to the batch size. Retries and cold starts are not counted.`,
    `Fetch takes ${a.fetchMsPerTick} ms and ${a.fetchMsPerPair} ms a pair; transform ${a.transformMsPerInvocation} ms and ${a.transformMsPerRecord} ms a record; persist ${a.persistMsPerInvocation} ms and ${a.persistMsPerRecord} ms a record; an audit of a day takes reconcile ${a.reconcileMsPerAudit} ms, transform ${a.transformMsPerAudit} ms and persist ${a.persistMsPerAudit} ms. Most of it is round trips: a candle takes some 35 us of CPU time (docs/figures.md).`,
    `A function logs ${a.logLineBytes} bytes a line, a line and ${a.invocationLogBytes} bytes an invocation, and a line an audit; a broker ${a.brokerLogBytes / 1_000_000n} MB a month; rejected traffic ${a.refusedTrafficLogBytes / 1_000_000n} MB.`,
    `The functions always publish ${steadyMetrics()} metrics, of ${Object.keys(METRICS).length} kinds in all: metrics of failures are charged only in hours with failures. Metrics of AWS services are free. An alarm's query finds ${a.metricsPerQuery} metrics.`,
    'All traffic crosses zones, but for the rows of functions that are in one zone. The pollers of an event source on demand reach Lambda through NAT. Rows that take no endpoint are charged as traffic by public addresses, as Keyspaces is not among the services that its price page exempts. Traffic between brokers is free.',
    `The brokers' disks keep their initial size. An event poller unit serves ${a.pollersPerUnit} pollers of an event source or a poller group; the number of pollers stays at its minimum.`,
  ];
}

/** The assumptions behind the cost of the stack that a stage is compared with. */
export function peerAssumptions(): string[] {
  const a = ASSUMED;
  return [
    'The brokers, and the network to the exchange, are those of the stage.',
    'Airflow: the smallest environment of MWAA, without additional workers.',
    `Spark: one streaming job on EMR Serverless, a driver and an executor of ${a.sparkVcpusPerWorker} vCPU and ${a.sparkGbPerWorker} GB each, around the clock.`,
    `Cassandra: ${a.cassandraNodes} nodes t4g.large with ${a.cassandraGbPerNode} GB of gp3 each, on demand.`,
    'Not counted, in its favour: its logs, metrics and alarms, backups, checkpoints, traffic between zones, a schema registry, and the work of operating Cassandra.',
  ];
}

const READ_UNIT_BYTES = 4_096n;

/** The units of a query: one for every 4 KB that it reads, and one unit if it finds nothing. */
export function readUnits(rows: number): bigint {
  const units = (BigInt(rows) * ASSUMED.rowBytes + READ_UNIT_BYTES - 1n) / READ_UNIT_BYTES;
  return units > 0n ? units : 1n;
}

function steadyMetrics(): number {
  return Object.values(STEADY_METRICS).flat().length;
}
