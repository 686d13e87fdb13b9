import '../../cli/no-node-version-warning';
import { awsAccount } from './aws-account';
import { findAwsStage, findStage } from './find-stage';
import { runCdk } from './run-cdk';
import { stageCommand } from './stage-command';

const args = process.argv.slice(2);

void stageCommand(args, {
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  nodeVersion: process.versions.node,
  clock: Date.now,
  // Any stage has templates, but not any can stand on AWS.
  findStage: args[0] === 'synth' ? findStage : findAwsStage,
  lookUp: awsAccount,
  runCdk,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
