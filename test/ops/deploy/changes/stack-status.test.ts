import { statusProblems } from '../../../../ops/deploy/changes/stack-status';

const HERE = { stage: 'dev', region: 'eu-west-1' };
const problemsOf = (status: string) =>
  statusProblems([{ name: 'Candlestream-dev-Data', status }], HERE);

test.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'ROLLBACK_COMPLETE'])(
  'a stack that is %s takes a deployment',
  (status) => {
    expect(problemsOf(status)).toEqual([]);
  },
);

test('one that is stuck on its way back is finished first', () => {
  expect(problemsOf('UPDATE_ROLLBACK_FAILED')).toEqual([
    'The stack Candlestream-dev-Data is stuck (UPDATE_ROLLBACK_FAILED): finish its way back first with aws cloudformation continue-update-rollback --stack-name Candlestream-dev-Data --region eu-west-1; see docs/runbook.md#an-update-that-is-stuck',
  ]);
});

test('one that is half deleted is deleted to its end', () => {
  expect(problemsOf('DELETE_FAILED')).toEqual([
    'The stack Candlestream-dev-Data is half deleted (DELETE_FAILED): finish that first with npm run destroy -- --stage dev --region eu-west-1',
  ]);
});
