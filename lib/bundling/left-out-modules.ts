/** A module of a dependency that bundles leave out, as no function uses it. */
export interface LeftOutModule {
  /** A file below `node_modules/` or, with a slash at the end, a folder with all its files. */
  readonly path: string;
  readonly because: string;
  /**
   * CommonJS source that replaces it, if the dependency always uses the module.
   *
   * @default a stand-in that can be loaded, and throws an error with its name when it is used
   */
  readonly instead?: string;
}

const CONSUMING = 'the event source mapping consumes; functions only produce';
const ADMINISTRATION = 'topics, groups and their settings are made by the stack';
const TRANSACTIONS = 'producers are neither idempotent nor transactional: records may repeat';
const OLD_KAFKA = 'records are written with version 7, which brokers take since Kafka 2.1';
const OTHER_MECHANISMS = 'MSK takes IAM tokens as OAUTHBEARER';
const DATASTAX = 'a product of DataStax that is neither Keyspaces nor Cassandra';

const request = (name: string): string => `kafkajs/src/protocol/requests/${name}/`;

function all(because: string, paths: readonly string[]): LeftOutModule[] {
  return paths.map((path) => ({ path, because }));
}

/** The modules that the bundles leave out. The names hold for the pinned versions of the dependencies. */
export const LEFT_OUT: readonly LeftOutModule[] = [
  ...all(CONSUMING, [
    'kafkajs/src/consumer/',
    ...['fetch', 'findCoordinator', 'heartbeat', 'joinGroup', 'leaveGroup'].map(request),
    ...['listOffsets', 'offsetCommit', 'offsetFetch', 'syncGroup'].map(request),
  ]),
  ...all(ADMINISTRATION, [
    'kafkajs/src/admin/',
    ...['alterConfigs', 'alterPartitionReassignments', 'createAcls', 'createPartitions'].map(
      request,
    ),
    ...['createTopics', 'deleteAcls', 'deleteGroups', 'deleteRecords', 'deleteTopics'].map(request),
    ...['describeAcls', 'describeConfigs', 'describeGroups', 'listGroups'].map(request),
    request('listPartitionReassignments'),
  ]),
  ...all(TRANSACTIONS, [
    ...['addOffsetsToTxn', 'addPartitionsToTxn', 'endTxn'].map(request),
    ...['initProducerId', 'txnOffsetCommit'].map(request),
  ]),
  {
    path: 'kafkajs/src/producer/eosManager/',
    because: TRANSACTIONS,
    instead: `const never = () => { throw new Error('Transactions are left out of this bundle'); };
    module.exports = ({ transactional }) => transactional ? never() : {
      initProducerId: never,
      isTransactional: () => false,
      getProducerId: () => -1,
      getProducerEpoch: () => 0,
      getSequence: () => 0,
      updateSequence: () => undefined,
      acquireBrokerLock: async () => undefined,
      releaseBrokerLock: async () => undefined,
    };`,
  },
  ...all(OLD_KAFKA, [...['produce/v0', 'produce/v1', 'produce/v2'].map(request)]),
  ...all(OTHER_MECHANISMS, [
    'kafkajs/src/broker/saslAuthenticator/awsIam.js',
    'kafkajs/src/broker/saslAuthenticator/plain.js',
    'kafkajs/src/broker/saslAuthenticator/scram256.js',
    'kafkajs/src/broker/saslAuthenticator/scram512.js',
  ]),
  ...all(DATASTAX, [
    'cassandra-driver/lib/auth/dse-gssapi-auth-provider.js',
    'cassandra-driver/lib/auth/dse-plain-text-auth-provider.js',
    'cassandra-driver/lib/datastax/index.js',
    'cassandra-driver/lib/datastax/search/',
    'cassandra-driver/lib/geometry/',
  ]),
  {
    path: 'cassandra-driver/lib/datastax/graph/graph-executor.js',
    because: DATASTAX,
    instead: `module.exports = class GraphExecutor {
      send() { throw new Error('Graph queries are left out of this bundle'); }
    };`,
  },
  {
    path: 'cassandra-driver/lib/datastax/cloud/',
    because: DATASTAX,
    instead: `exports.init = async ({ cloud }) => {
      if (cloud) throw new Error('The option cloud is left out of this bundle');
    };`,
  },
  {
    path: 'cassandra-driver/lib/insights-client.js',
    because: `${DATASTAX}: it reports to that alone`,
    instead: 'module.exports = class InsightsClient { init() {} shutdown() {} };',
  },
  ...all('statements are written by hand, for their timestamps and batches', [
    'cassandra-driver/lib/mapping/',
    'cassandra-driver/lib/concurrent/',
    'cassandra-driver/lib/tracker/request-logger.js',
  ]),
  ...all('no column is of these types, and rows are read by the page', [
    'cassandra-driver/lib/types/duration.js',
    'cassandra-driver/lib/types/local-time.js',
    'cassandra-driver/lib/types/result-stream.js',
    'cassandra-driver/lib/types/time-uuid.js',
    'cassandra-driver/lib/types/tuple.js',
    'cassandra-driver/lib/types/vector.js',
  ]),
  {
    path: 'cassandra-driver/lib/metadata/schema-parser.js',
    because: 'isMetadataSyncEnabled is off, and protocol 4 tells routing keys without the schema',
    instead: `const parser = require('candlestream:stand-in')('The schema parser of cassandra-driver');
    exports.getByVersion = () => parser;`,
  },
  {
    path: 'cassandra-driver/lib/metrics/default-metrics.js',
    because: 'nothing reads the metrics of the driver',
    instead: `module.exports = class extends require('./client-metrics') {};`,
  },
  {
    path: 'kafkajs/package.json',
    because: 'an error names one address in it',
    instead: `exports.bugs = { url: 'https://github.com/tulios/kafkajs/issues' };`,
  },
  {
    path: 'avsc/lib/index.js',
    because: 'only types are used; its files, containers and services are most of it',
    instead: `module.exports = require('../etc/browser/avsc-types');`,
  },
];
