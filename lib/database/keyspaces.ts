import { Aws } from 'aws-cdk-lib';
import { CfnKeyspace, CfnTable } from 'aws-cdk-lib/aws-cassandra';
import { InterfaceVpcEndpoint, InterfaceVpcEndpointAwsService, Port } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { grantDescribeEndpoint, grantModify, grantSelect, keyspacesArn } from '../access/grants';
import type { Database } from './database';
import { KEYSPACES_PORT, keyspacesHost } from '../naming/keyspaces-endpoint';
import { logicalName } from '../naming/logical-name';
import { keyspaceName } from '../naming/stage-names';
import type { Network } from '../network/network';
import type { StageConfig } from '../stages/stage-config';
import { type Columns, type Table, type TableName, TABLES } from './tables';

/** Properties of the tables of a stage. */
export interface KeyspacesProps {
  readonly stage: StageConfig;
  readonly pointInTimeRecovery: boolean;
  /** Of the candles. @default that of a new table */
  readonly warmRowsPerSecond?: number | undefined;
  readonly network: Network;
}

/** The tables in Amazon Keyspaces, reached within the network if they have an endpoint in it. */
export class Keyspaces extends Construct implements Database {
  readonly tables: Readonly<Record<TableName, CfnTable>>;
  readonly keyspaceName: string;
  readonly environment: Database['environment'];

  constructor(scope: Construct, id: string, props: KeyspacesProps) {
    super(scope, id);
    this.keyspaceName = keyspaceName(props.stage.name);
    this.environment = {
      CASSANDRA_CONTACT_POINTS: `${keyspacesHost(Aws.REGION, Aws.URL_SUFFIX)}:${KEYSPACES_PORT}`,
      CASSANDRA_LOCAL_DATA_CENTER: Aws.REGION,
      CASSANDRA_AUTHENTICATION: 'sigv4',
      CASSANDRA_KEYSPACE: this.keyspaceName,
    };
    if (props.stage.network.endpointZones > 0) this.createEndpoint(props);
    else props.network.allowOut(Port.tcp(KEYSPACES_PORT), 'Keyspaces');
    this.tables = this.createTables(props);
  }

  grantSelect(grantee: IGrantable, table: TableName): void {
    grantSelect(grantee, this.tables[table]);
    grantDescribeEndpoint(grantee);
  }

  grantModify(grantee: IGrantable, table: TableName): void {
    grantModify(grantee, this.tables[table]);
    grantDescribeEndpoint(grantee);
  }

  /** Rows go through it: without the cost of the NAT gateway, and to no keyspace but this one. */
  private createEndpoint({ network, stage }: KeyspacesProps): void {
    const group = network.securityGroup(this, 'EndpointGroup', 'The endpoint of Keyspaces');
    group.connections.allowFrom(network.functions, Port.tcp(KEYSPACES_PORT), 'Functions');
    const zones = network.vpc.selectSubnets(network.subnets).subnets;
    const endpoint = new InterfaceVpcEndpoint(this, 'Endpoint', {
      vpc: network.vpc,
      service: InterfaceVpcEndpointAwsService.KEYSPACES,
      subnets: { subnets: zones.slice(0, stage.network.endpointZones) },
      securityGroups: [group],
      open: false,
      privateDnsEnabled: true,
    });
    const tables = keyspacesArn(this, `/keyspace/${this.keyspaceName}/*`);
    const systemTables = keyspacesArn(this, '/keyspace/system*');
    endpoint.addToPolicy(ofThisAccount('cassandra:Select', tables, systemTables));
    endpoint.addToPolicy(ofThisAccount('cassandra:Modify', tables));
  }

  private createTables(props: KeyspacesProps): Keyspaces['tables'] {
    const { keyspaceName } = this;
    const keyspace = new CfnKeyspace(this, 'Keyspace', { keyspaceName });
    keyspace.applyRemovalPolicy(props.stage.removalPolicy);
    return {
      candles: this.createTable(TABLES.candles, keyspace, props),
      progress: this.createTable(TABLES.progress, keyspace, props),
      gaps: this.createTable(TABLES.gaps, keyspace, props),
      days: this.createTable(TABLES.days, keyspace, props),
    };
  }

  private createTable(
    table: Table,
    keyspace: CfnKeyspace,
    { stage, pointInTimeRecovery, warmRowsPerSecond }: KeyspacesProps,
  ): CfnTable {
    const created = new CfnTable(this, logicalName('Table', table.name), {
      keyspaceName: keyspace.ref,
      tableName: table.name,
      partitionKeyColumns: columnsOf(table.partitionKey),
      clusteringKeyColumns: Object.entries(table.clusteringKey).map(
        ([columnName, { type: columnType, order: orderBy }]) => ({
          column: { columnName, columnType },
          orderBy,
        }),
      ),
      regularColumns: columnsOf(table.columns),
      billingMode: { mode: 'ON_DEMAND' },
      clientSideTimestampsEnabled: true,
      pointInTimeRecoveryEnabled: pointInTimeRecovery,
    });
    if (table === TABLES.candles && warmRowsPerSecond !== undefined) {
      created.warmThroughput = { writeUnitsPerSecond: warmRowsPerSecond };
    }
    created.applyRemovalPolicy(stage.removalPolicy);
    return created;
  }
}

function ofThisAccount(action: string, ...resources: string[]): PolicyStatement {
  return new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions: [action],
    resources,
    conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
  });
}

function columnsOf(columns: Columns): CfnTable.ColumnProperty[] {
  return Object.entries(columns).map(([columnName, columnType]) => ({ columnName, columnType }));
}
