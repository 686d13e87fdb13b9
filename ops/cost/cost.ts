import { awsStageNames, findAwsStage } from '../stages/find-stage';
import { stageCostCommand } from './stage-cost-command';

void stageCostCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  findStage: findAwsStage,
  stageNames: awsStageNames,
  clock: Date.now,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
