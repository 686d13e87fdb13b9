import { dev } from '../../../lib/stages/dev';
import { DeploymentProblem } from '../../../ops/deploy/deployment-problem';
import { findStage } from '../../../ops/deploy/find-stage';

test('a stage is found by its name', async () => {
  expect(await findStage('dev')).toEqual(dev);
});

test('one that there is not is told, with those that there are', async () => {
  await expect(findStage('nope')).rejects.toThrow(DeploymentProblem);
  await expect(findStage('nope')).rejects.toThrow(/There is no stage "nope": choose one of dev/);
});
