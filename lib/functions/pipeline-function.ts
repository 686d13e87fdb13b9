import { type Duration, type Size, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { grantRun } from '../access/grants';
import { acceptFinding } from '../checks/accept-finding';
import { createLogGroup } from '../checks/create-log-group';
import { type FilesBeside, functionCode } from './function-code';
import type { AnyFunction } from '../naming/function-names';
import { metricNamespace } from './metric-namespace';
import type { Network } from '../network/network';
import type { StageConfig } from '../stages/stage-config';

/** Lambda sets the region itself; a stage has one of the two ways to find the brokers; only tests fire ahead of the clock. */
type NotRequired =
  'AWS_REGION' | 'KAFKA_CLUSTER_ARN' | 'KAFKA_BOOTSTRAP_SERVERS' | 'FIRINGS_AHEAD_MINUTES';

/** A value for every variable that a function reads: a missing one is a type error. */
export type FunctionEnvironment<Variable extends string> = Readonly<
  Record<Exclude<Variable, NotRequired>, string> & { [name in NotRequired]?: string }
>;

/** Properties of a function of the pipeline. `Variable` are the variables that it reads. */
export interface PipelineFunctionProps<Variable extends string> {
  readonly stage: StageConfig;
  readonly network: Network;
  /** Its folder in `lambdas/`. */
  readonly name: AnyFunction;
  readonly description: string;
  readonly environment: FunctionEnvironment<Variable>;
  /** @default none */
  readonly filesBeside?: FilesBeside;
  readonly memory: Size;
  readonly timeout: Duration;
  /** Invocations at a time, taken from those of the account. @default as many as the account has */
  readonly reservedConcurrency?: number;
}

const ACCEPTED_FINDINGS = [
  [
    'CKV_AWS_45',
    'Takes any forty letters and digits for a secret key, and the names of the schema versions are about that long',
  ],
  [
    'CKV_AWS_115',
    'Schedules and partitions bound the concurrency; a reservation would take from an account that may have only 10',
  ],
  [
    'CKV_AWS_116',
    'No event is worth keeping: the next firing asks for the same minutes, and records stay in Kafka until they are stored',
  ],
  [
    'CKV_AWS_173',
    'Lambda encrypts the variables with a key of its own, and there are no secrets among them: roles sign in',
  ],
] as const;

/** A function of the pipeline, bundled, in the private subnets, with its own role and log group. */
export class PipelineFunction<Variable extends string> extends Function {
  constructor(scope: Construct, id: string, props: PipelineFunctionProps<Variable>) {
    const { stage, network } = props;
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
    });
    const logGroup = createLogGroup(scope, `${id}Logs`, {
      retention: stage.logRetention,
      removalPolicy: stage.removalPolicy,
    });
    grantRun(role, logGroup);
    super(scope, id, {
      role,
      logGroup,
      code: functionCode(props.name, props.filesBeside),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_22_X,
      description: props.description,
      architecture: stage.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      memorySize: props.memory.toMebibytes(),
      timeout: props.timeout,
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
      vpc: network.vpc,
      vpcSubnets: network.functionSubnets,
      securityGroups: [network.functions],
      environment: {
        ...props.environment,
        POWERTOOLS_SERVICE_NAME: props.name,
        POWERTOOLS_LOG_LEVEL: stage.logLevel,
        POWERTOOLS_METRICS_NAMESPACE: metricNamespace(stage),
      },
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-L1',
      reason: 'Node.js 22 has long-term support: on Lambda until April 2027',
    });
    for (const [id, reason] of ACCEPTED_FINDINGS) acceptFinding(this, id, reason);
  }
}
