import '../../cli/no-node-version-warning';
import { stopAsked } from '../../cli/command-end';
import { awsAccount, credentialSource } from '../aws/aws-account';
import { awsStageNames, findAwsStage } from '../stages/find-stage';
import { consoleCommand } from './console-command';
import { findQueryUrl } from './query-url';

void consoleCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  findStage: findAwsStage,
  stageNames: awsStageNames,
  region: (request) => awsAccount(request).region(),
  findUrl: findQueryUrl,
  credentials: credentialSource,
  clock: Date.now,
  signal: stopAsked(),
}).then((exitCode) => process.exit(exitCode));
