import type { Template } from 'aws-cdk-lib/assertions';
import { dev } from '../../lib/stages/dev';
import { prod } from '../../lib/stages/prod';
import { templatesOf } from './candlestream-templates';

const BOOTSTRAP_CHECK = ['BootstrapVersion', 'CheckBootstrapVersion'];

describe.each([dev, prod])('the templates of the stage $name', (stage) => {
  const { data, pipeline } = templatesOf(stage);

  it.each([
    ['data', data],
    ['pipeline', pipeline],
  ])('are as they were reviewed: %s', (_name, template) => {
    expect(withoutVolatile(template)).toMatchSnapshot();
  });
});

/** A template without what any change of a function's code, or of the CDK's bootstrapping, changes. */
function withoutVolatile(template: Template): unknown {
  const { Parameters, Rules, ...rest } = template.toJSON() as Record<string, object>;
  expect(Object.keys({ ...Parameters, ...Rules })).toEqual(BOOTSTRAP_CHECK);
  return JSON.parse(JSON.stringify(rest), (name, value: unknown) =>
    name === 'S3Key' ? '<the hash of the code>.zip' : value,
  ) as unknown;
}
