/** An availability zone that the account can use. */
export interface Zone {
  /** Such as `eu-central-1a`: the letters differ between accounts. */
  readonly name: string;
  /** Such as `euc1-az2`: the same place in every account. */
  readonly id: string;
}

/** Invocations of functions at a time. */
export interface Concurrency {
  /** Of the account in the region. */
  readonly limit: number;
  /** Those that no function reserves. */
  readonly unreserved: number;
}

/** A number of things, and the most that the account may have. */
export interface Usage {
  readonly used: number;
  readonly quota: number;
}

/** A resource of a deployed stack. */
export interface StackResourceId {
  readonly stack: string;
  readonly logicalId: string;
}

/** A stack as it is deployed. */
export interface DeployedStack {
  /** Its ARN, which also names it once it is deleted. */
  readonly id: string;
  /** Such as `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly template: DeployedTemplate;
}

/** The parts of a deployed template that are looked at. */
export interface DeployedTemplate {
  readonly Metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly Outputs?: Readonly<Record<string, unknown>> | undefined;
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Properties?: Readonly<Record<string, unknown>> | undefined;
        readonly Metadata?: Readonly<Record<string, unknown>> | undefined;
      }
    >
  >;
}

/**
 * Questions to AWS about a region, before anything is changed there.
 * Each throws an OperationError if AWS does not answer, and a LookUpDeniedError if the caller may
 * not ask.
 */
export interface RegionLookUp {
  concurrency(): Promise<Concurrency>;
  /** The zones that are available to the account, by name: CloudFormation takes the first ones. */
  zones(): Promise<readonly Zone[]>;
  /**
   * The names of the zones in which a service can have an interface endpoint; none if the region
   * lacks the service.
   *
   * @param service such as `cassandra`
   */
  endpointZones(service: string): Promise<readonly string[]>;
  /** The names of the zones in which EC2 has a type of instance, such as `t4g.nano`. */
  instanceZones(instanceType: string): Promise<readonly string[]>;
  /** Brokers of all clusters of MSK. */
  brokers(): Promise<Usage>;
  /** Disk of each broker of a deployed cluster, in GiB: it grows beyond the template by itself. */
  brokerDiskGiB(cluster: StackResourceId): Promise<number>;
  vpcs(): Promise<Usage>;
  elasticIps(): Promise<Usage>;
  /** A stack by its name; undefined if there is none. */
  stack(name: string): Promise<DeployedStack | undefined>;
}
