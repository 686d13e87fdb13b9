import { setTimeout } from 'node:timers/promises';
import '../../cli/no-node-version-warning';
import { awsLeftovers } from '../destroy/aws-leftovers';
import { awsStageNames, findAwsStage, findStage } from '../stages/find-stage';
import { awsAccount } from '../aws/aws-account';
import { runCdk } from '../aws/run-cdk';
import { stageCommand } from './stage-command';

const args = process.argv.slice(2);

void stageCommand(args, {
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  nodeVersion: process.versions.node,
  clock: Date.now,
  // Every stage has templates, but not every stage is for AWS.
  findStage: args[0] === 'synth' ? findStage : findAwsStage,
  stageNames: awsStageNames,
  lookUp: awsAccount,
  leftovers: awsLeftovers,
  pause: (ms) => setTimeout(ms),
  runCdk,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
