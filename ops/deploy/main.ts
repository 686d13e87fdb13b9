import { awsAccount } from './aws-account';
import { findStage } from './find-stage';
import { runCdk } from './run-cdk';
import { stageCommand } from './stage-command';

// The project says itself which Node.js it needs, and pins an SDK that runs on it.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

void stageCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  nodeVersion: process.versions.node,
  clock: Date.now,
  findStage,
  lookUp: awsAccount,
  runCdk,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
