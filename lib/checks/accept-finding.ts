import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Findings of checkov that a resource accepts, as its metadata has them. */
interface AcceptedFindings {
  readonly skip: readonly { readonly id: string; readonly comment: string }[];
}

/**
 * Records in a resource's metadata why a check of checkov may fail for it.
 * Source: checkov's documentation, "Suppressing and Skipping Policies", CloudFormation metadata.
 *
 * @param id such as `CKV_AWS_158`
 * @throws TypeError if the construct is no resource, and has none of its own
 */
export function acceptFinding(construct: IConstruct, id: string, reason: string): void {
  const resource = construct.node.defaultChild ?? construct;
  if (!CfnResource.isCfnResource(resource)) {
    throw new TypeError(`${construct.node.path} is no resource: accept ${id} for one`);
  }
  const accepted = resource.getMetadata('checkov') as AcceptedFindings | undefined;
  const others = (accepted?.skip ?? []).filter((one) => one.id !== id);
  resource.addMetadata('checkov', { skip: [...others, { id, comment: reason }] });
}
