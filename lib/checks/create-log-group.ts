import { LogGroup, type LogGroupProps } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acceptFinding } from './accept-finding';

/** Creates a log group that CloudWatch encrypts with its own key. */
export function createLogGroup(scope: Construct, id: string, props: LogGroupProps): LogGroup {
  const logs = new LogGroup(scope, id, props);
  acceptFinding(
    logs,
    'CKV_AWS_158',
    'CloudWatch encrypts every log with a key of its own; there are no secrets in these, and candles are public',
  );
  return logs;
}
