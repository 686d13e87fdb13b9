import { join } from 'node:path';

/** The CDK's command line, in the version that the project pins. */
export const CDK = join(__dirname, '..', 'node_modules', '.bin', 'cdk');

/** The parameter that `cdk bootstrap` writes, under the CDK's own qualifier. */
export const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';
