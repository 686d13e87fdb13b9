import { HelpRequested, UsageError } from '../../../cli/command-line';
import { parseStageArguments, VERBS } from '../../../ops/deploy/stage-request';

const parse = (line: string) => parseStageArguments(line.split(' ').filter((word) => word !== ''));

test('a stage is all that a deployment needs to be told', () => {
  expect(parse('deploy --stage dev')).toEqual({
    verb: 'deploy',
    stage: 'dev',
    profile: undefined,
    region: undefined,
    settings: undefined,
    cdkFlags: [],
  });
});

test('the flags of cdk are handed on in their order, wherever they stand', () => {
  expect(
    parse('deploy --require-approval never --stage dev --region eu-west-1 --concurrency 2 -v'),
  ).toMatchObject({
    stage: 'dev',
    region: 'eu-west-1',
    cdkFlags: ['--require-approval', 'never', '--concurrency', '2', '-v'],
  });
});

test.each(['-c settings={"dev":{}}', '-csettings={"dev":{}}', '--context=settings={"dev":{}}'])(
  'settings that replace those of the stage are read, and handed on: %s',
  (flags) => {
    expect(parse(`deploy --stage dev ${flags}`)).toMatchObject({
      settings: '{"dev":{}}',
      cdkFlags: flags.split(' '),
    });
  },
);

test('a profile is read', () => {
  expect(parse('destroy --stage prod --profile ops')).toMatchObject({ profile: 'ops' });
});

test('synth is of dev, where no stage is named', () => {
  expect(parse('synth')).toMatchObject({ stage: 'dev', cdkFlags: [] });
  expect(parse('synth --stage prod')).toMatchObject({ stage: 'prod' });
});

test.each([
  ['', '"" is not a command: choose one of deploy, diff, destroy, synth'],
  [
    'bootstrap --stage dev',
    '"bootstrap" is not a command: choose one of deploy, diff, destroy, synth',
  ],
  ['deploy --stage', 'argument missing'],
  ['destroy --stage dev Candlestream-dev-Data', '"Candlestream-dev-Data" is not a flag'],
  ['deploy --stage dev -c stage=prod', 'not with stage=prod'],
  ['deploy --stage dev --context=stage=prod', 'not with --context=stage=prod'],
  ['synth -cstage=prod', 'not with -cstage=prod'],
])('%j is refused', (line, why) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(why);
});

test.each(VERBS)('the help of %s says where other flags go', (verb) => {
  expect(() => parse(`${verb} --help`)).toThrow(HelpRequested);
  expect(() => parse(`${verb} --help`)).toThrow(`any other flags are passed to cdk ${verb}`);
});
