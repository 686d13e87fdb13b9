import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { TableName } from './tables';

/** The database that stores candles, and access to its tables. */
export interface Database {
  /** Variables with which a function connects to it. */
  readonly environment: Readonly<
    Record<
      | 'CASSANDRA_CONTACT_POINTS'
      | 'CASSANDRA_LOCAL_DATA_CENTER'
      | 'CASSANDRA_AUTHENTICATION'
      | 'CASSANDRA_KEYSPACE',
      string
    >
  >;
  /** Allows reading rows of a table. */
  grantSelect(grantee: IGrantable, table: TableName): void;
  /** Allows writing rows of a table. */
  grantModify(grantee: IGrantable, table: TableName): void;
}
