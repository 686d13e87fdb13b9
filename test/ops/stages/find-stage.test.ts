import { dev } from '../../../lib/stages/dev';
import { OperationError } from '../../../ops/operation-error';
import { findAwsStage, findStage } from '../../../ops/stages/find-stage';

test('a stage is found by its name', async () => {
  expect(await findStage('dev')).toEqual(dev);
});

test('one that there is not is told, with those that there are', async () => {
  await expect(findStage('nope')).rejects.toThrow(OperationError);
  await expect(findStage('nope')).rejects.toThrow(/There is no stage "nope": choose one of dev/);
});

test('one that nothing on AWS would invoke is found, but not for AWS', async () => {
  expect((await findStage('localstack')).name).toBe('localstack');
  await expect(findAwsStage('localstack')).rejects.toThrow(
    'The stage localstack is not for AWS, where nothing would invoke its functions: run it with "npm run localstack", or choose another one',
  );
  expect(await findAwsStage('dev')).toEqual(dev);
});

test('settings replace those of the stage, and are checked like them', async () => {
  const changed = await findAwsStage('dev', '{"dev":{"alarmEmail":"on-call@example.com"}}');
  expect(changed).toEqual({ ...dev, alarmEmail: 'on-call@example.com' });
  await expect(findStage('dev', '{"dev":{"alarmEmail":"nobody"}}')).rejects.toThrow(OperationError);
  await expect(findStage('dev', 'not JSON')).rejects.toThrow(OperationError);
  await expect(findStage('dev', '{"prod":{}}')).rejects.toThrow('There are settings for "prod"');
});
