import { Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { Topic } from '../../lambdas/shared/domain/topics';

/** The ids of each topic's schema versions, oldest first, for the environment of functions. */
export interface SchemaVersionIds {
  /** Their JSON, or a reference to it, for a resource in a scope. */
  readonly jsonFor: (scope: Construct) => string;
}

/** Ids that are known beforehand. */
export function knownVersionIds(ids: Readonly<Record<Topic, readonly string[]>>): SchemaVersionIds {
  return { jsonFor: () => JSON.stringify(ids) };
}

/** Properties of version ids that a parameter holds. */
export interface StoredVersionIdsProps {
  /** Unique in an account and region. */
  readonly parameterName: string;
  readonly ids: Readonly<Record<Topic, readonly string[]>>;
}

/**
 * Ids that a registry gives, in a parameter of Systems Manager, which other stacks read when they
 * are deployed. As exports they could not go back: CloudFormation removes none that is in use, and
 * a data stack of an earlier version has one less than the pipeline stack in use imports.
 */
export class StoredVersionIds extends Construct implements SchemaVersionIds {
  private readonly parameterName: string;

  constructor(scope: Construct, id: string, { parameterName, ids }: StoredVersionIdsProps) {
    super(scope, id);
    this.parameterName = parameterName;
    new StringParameter(this, 'Parameter', {
      parameterName,
      description: "Ids of each topic's schema versions, oldest first",
      stringValue: Stack.of(this).toJsonString(ids),
    });
  }

  readonly jsonFor = (scope: Construct): string =>
    StringParameter.valueForStringParameter(scope, this.parameterName);
}
