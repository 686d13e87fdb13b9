import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const WORKFLOWS = join(__dirname, '../../.github/workflows');

describe.each(readdirSync(WORKFLOWS))('the workflow %s', (file) => {
  const text = readFileSync(join(WORKFLOWS, file), 'utf8');

  it('pins each action by its commit, with the version beside it', () => {
    const actions = [...text.matchAll(/\buses: (.+)$/gm)].map(([, action]) => action ?? '');
    expect(actions).not.toEqual([]);
    for (const action of actions) expect(action).toMatch(/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('may only read unless a job says otherwise, and runs no code of strangers with rights', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
    expect(text).not.toContain('pull_request_target');
  });

  it('takes a role for no pull request of a fork', () => {
    if (!text.includes('role-to-assume')) return;
    expect(text).toContain('github.event.pull_request.head.repo.full_name == github.repository');
  });
});
