import type { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Architecture, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { functionCode } from './function-code';
import type { FunctionName } from './function-names';

/** The variables that Lambda sets, and those of a cluster that is not MSK: never set here. */
type NotConfigured = 'AWS_REGION' | 'KAFKA_BOOTSTRAP_SERVERS';

/** A value for every variable that a function reads: one that is missing is a type error. */
export type FunctionEnvironment<Variable extends string> = Readonly<
  Record<Exclude<Variable, NotConfigured>, string>
>;

/** What a function of the pipeline is made of. `Variable` are the variables that it reads. */
export interface PipelineFunctionProps<Variable extends string> {
  /** Its folder in `lambdas/`. */
  readonly name: FunctionName;
  readonly description: string;
  readonly environment: FunctionEnvironment<Variable>;
  readonly memory: Size;
  readonly timeout: Duration;
  /** Whether it runs once at a time. @default false */
  readonly alone?: boolean;
  readonly architecture: 'arm64' | 'x86_64';
  readonly vpc: IVpc;
  readonly securityGroup: ISecurityGroup;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** A function of the pipeline, bundled, in the private subnets, with its own log group. */
export class PipelineFunction<Variable extends string> extends Function {
  constructor(scope: Construct, id: string, props: PipelineFunctionProps<Variable>) {
    super(scope, id, {
      code: functionCode(props.name),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_22_X,
      description: props.description,
      architecture: props.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      memorySize: props.memory.toMebibytes(),
      timeout: props.timeout,
      reservedConcurrentExecutions: props.alone === true ? 1 : undefined,
      vpc: props.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [props.securityGroup],
      logGroup: new LogGroup(scope, `${id}Logs`, {
        retention: props.logRetention,
        removalPolicy: props.removalPolicy,
      }),
      environment: {
        ...props.environment,
        POWERTOOLS_SERVICE_NAME: props.name,
        POWERTOOLS_METRICS_NAMESPACE: 'Candlestream',
      },
    });
  }
}
