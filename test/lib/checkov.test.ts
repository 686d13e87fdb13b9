import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { acceptFinding } from '../../lib/checks/accept-finding';
import { dev } from '../../lib/stages/dev';
import { prod } from '../../lib/stages/prod';

import type { Template } from 'aws-cdk-lib/assertions';
import { templatesOf } from './candlestream-templates';

/** What is accepted of each type: each with its reason, beside the resource that it is about. */
const ACCEPTED_EVERYWHERE = {
  'AWS::IAM::Policy': ['CKV_AWS_111'],
  'AWS::Lambda::Function': ['CKV_AWS_115', 'CKV_AWS_116', 'CKV_AWS_173', 'CKV_AWS_45'],
  'AWS::Logs::LogGroup': ['CKV_AWS_158'],
  'AWS::SNS::Topic': ['CKV_AWS_26'],
};

const ACCEPTED: Readonly<Record<string, object>> = {
  dev: { ...ACCEPTED_EVERYWHERE, 'AWS::EC2::Instance': ['CKV_AWS_126', 'CKV_AWS_88'] },
  prod: ACCEPTED_EVERYWHERE,
};

interface Resource {
  readonly Type: string;
  readonly Metadata?: { readonly checkov?: { readonly skip: readonly Skip[] } };
}

interface Skip {
  readonly id: string;
  readonly comment: string;
}

test.each([dev, prod])(
  'the stacks of the stage $name accept what is listed, and no more',
  (stage) => {
    const { data, pipeline } = templatesOf(stage);
    const accepted: Record<string, Set<string>> = {};
    for (const { Type, Metadata } of [...resourcesIn(data), ...resourcesIn(pipeline)]) {
      for (const { id, comment } of Metadata?.checkov?.skip ?? []) {
        (accepted[Type] ??= new Set()).add(id);
        expect(comment).not.toBe('');
      }
    }
    const listed = Object.entries(accepted).map(([type, ids]) => [type, [...ids].sort()]);
    expect(Object.fromEntries(listed)).toEqual(ACCEPTED[stage.name]);
  },
);

test('a finding that is accepted twice is listed once, with the later reason', () => {
  const bucket = new Bucket(new Stack(new App(), 'Stack'), 'Bucket');
  acceptFinding(bucket, 'CKV_AWS_18', 'earlier');
  acceptFinding(bucket, 'CKV_AWS_21', 'other');
  acceptFinding(bucket, 'CKV_AWS_18', 'later');
  expect(bucket.node.defaultChild).toMatchObject({
    cfnOptions: {
      metadata: {
        checkov: {
          skip: [
            { id: 'CKV_AWS_21', comment: 'other' },
            { id: 'CKV_AWS_18', comment: 'later' },
          ],
        },
      },
    },
  });
});

test('a construct that is no resource accepts nothing', () => {
  expect(() => acceptFinding(new Stack(new App(), 'Stack'), 'CKV_AWS_18', 'reason')).toThrow(
    'Stack is no resource: accept CKV_AWS_18 for one',
  );
});

function resourcesIn(template: Template): Resource[] {
  const { Resources } = template.toJSON() as { Resources: Record<string, Resource> };
  return Object.values(Resources);
}
