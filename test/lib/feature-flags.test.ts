import recommended from 'aws-cdk-lib/recommended-feature-flags.json';
import cdk from '../../cdk.json';

/** Where the app chooses otherwise than `cdk init` does for a new one. */
const OWN = {
  // The functions must not be deployed against brokers or tables that are gone.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  // An error annotation keeps cdk from deploying. In the report, it would also keep a stage that
  // lacks an address from being priced, checked and run locally.
  '@aws-cdk/core:annotationsInValidationReport': false,
};

test('every feature flag that the CDK recommends for a new app is set', () => {
  expect(cdk.context).toEqual({ ...recommended, ...OWN });
});
