import { CurrentFunctions } from '../../../../local/localstack/deployment/current-functions';
import type { DeployedFunctions } from '../../../../local/localstack/deployment/deployed-functions';

function functionsOf(suffix: string, timeoutMs = 1_000): DeployedFunctions {
  const one = (name: string) => ({ functionName: `${name}-${suffix}`, timeoutMs });
  return {
    fetch: one('fetch'),
    reconcile: one('reconcile'),
    transform: one('transform'),
    persist: one('persist'),
    query: one('query'),
  };
}

function currentOf(...found: (DeployedFunctions | Error)[]) {
  const others: DeployedFunctions[] = [];
  const warnings: string[] = [];
  const subject = new CurrentFunctions(functionsOf('a'), {
    find: () => {
      const next = found.shift() ?? new Error('not expected');
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    onReplaced: (functions) => others.push(functions),
    onWarning: (message) => warnings.push(message),
  });
  return { subject, others, warnings, found };
}

test('an invocation that succeeded is no reason to look', async () => {
  const { subject, warnings } = currentOf();
  await subject.noteResult({ ok: true });
  expect(subject.get('persist').functionName).toBe('persist-a');
  expect(warnings).toEqual([]);
});

test('after a failure the functions of another LocalStack are found, and their logs read anew', async () => {
  const { subject, others } = currentOf(functionsOf('b'));
  await subject.noteResult({ ok: false });
  expect(subject.get('persist').functionName).toBe('persist-b');
  expect(others).toEqual([functionsOf('b')]);
});

test('a function that was deployed anew keeps its name, and has its new time limit', async () => {
  const { subject, others } = currentOf(functionsOf('a', 2_000));
  await subject.noteResult({ ok: false });
  expect(subject.get('persist').timeoutMs).toBe(2_000);
  expect(others).toEqual([]);
});

test('of failures at once, one is looked after', async () => {
  const { subject, found } = currentOf(functionsOf('b'), functionsOf('c'));
  await Promise.all([subject.noteResult({ ok: false }), subject.noteResult({ ok: false })]);
  expect(subject.get('fetch').functionName).toBe('fetch-b');
  expect(found).toHaveLength(1);
});

test('functions that are not found are warned of, and looked up again after the next failure', async () => {
  const { subject, warnings } = currentOf(new Error('not deployed'), functionsOf('b'));
  await subject.noteResult({ ok: false });
  expect(subject.get('fetch').functionName).toBe('fetch-a');
  await subject.noteResult({ ok: false });
  expect(subject.get('fetch').functionName).toBe('fetch-b');
  expect(warnings).toEqual(['Error: not deployed']);
});
