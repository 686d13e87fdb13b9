import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dev } from '../../lib/stages/dev';
import { prod } from '../../lib/stages/prod';
import { followingPattern } from '../fakes/stages';
import { propertiesOf, templatesOf } from './candlestream-templates';

describe('the runbook', () => {
  const runbook = readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8');
  const sections = runbook.split(/^## /m).slice(1);
  const headings = sections.map((section) => section.split('\n', 1)[0] ?? '');
  let descriptions: readonly string[];
  beforeAll(() => {
    descriptions = [dev, prod, followingPattern(dev)].flatMap((stage) => {
      const alarms = propertiesOf(templatesOf(stage).pipeline, 'AWS::CloudWatch::Alarm');
      return Object.values(alarms).map((alarm) => String(alarm['AlarmDescription']));
    });
  });

  it('has a heading for every alarm, and no heading without one', () => {
    const links = descriptions.map((text) => /docs\/runbook\.md#([a-z-]+)$/.exec(text)?.[1]);
    expect(headings.map(anchorOf).sort()).toEqual([...new Set(links)].sort());
  });

  it('tells of every alarm what it means, what to look at and what to do', () => {
    expect(sections.length).toBeGreaterThan(0);
    for (const section of sections) {
      const parts = [...section.matchAll(/^\*\*(.+?)\.\*\* /gm)].map(([, part]) => part);
      expect(parts).toEqual(['It means', 'Look at', 'Do']);
    }
  });

  it('links to headings that there are', () => {
    const anchors = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      anchorOf(heading ?? ''),
    );
    const links = [...runbook.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.filter((anchor) => !anchors.includes(anchor ?? ''))).toEqual([]);
  });
});

/** A heading as GitHub's links to it are written. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
