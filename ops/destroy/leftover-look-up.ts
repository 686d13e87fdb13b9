/** A stack that is there. */
export interface Stack {
  readonly id: string;
  /** Such as `DELETE_FAILED`. */
  readonly status: string;
}

/** A resource of a stack, as CloudFormation last saw it. */
export interface StackResource {
  readonly logicalId: string;
  /** Undefined if it was never made. */
  readonly physicalId: string | undefined;
  /** Such as `AWS::Logs::LogGroup`. */
  readonly type: string;
  /** Such as `DELETE_SKIPPED`, for one that is kept. */
  readonly status: string;
  /** The reason of a failure. */
  readonly reason: string | undefined;
}

/** A network interface. */
export interface NetworkInterface {
  readonly id: string;
  /** `lambda` for those of functions; those of brokers are of the type `interface`. */
  readonly type: string;
  readonly description: string;
}

/** A log group. */
export interface LogGroup {
  readonly name: string;
  readonly storedBytes: number;
}

/**
 * Questions to AWS about what a stage leaves in a region. Each throws an OperationError if AWS
 * does not answer, and a LookUpDeniedError if the caller may not ask.
 */
export interface LeftoverLookUp {
  /** A stack by its name; undefined if there is none. */
  stack(name: string): Promise<Stack | undefined>;
  /** The id of the stack of a name that was deleted last, in the last 90 days; undefined if there is none. */
  deletedStackId(name: string): Promise<string | undefined>;
  /** @param stackId of a stack, also of one that was deleted in the last 90 days */
  stackResources(stackId: string): Promise<readonly StackResource[]>;
  networkInterfaces(vpcId: string): Promise<readonly NetworkInterface[]>;
  logGroups(namePrefix: string): Promise<readonly LogGroup[]>;
}
