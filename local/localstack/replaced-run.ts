import { join } from 'node:path';
import type { LocalstackCommand } from './command';
import type { StageConfig } from '../../lib/stages/stage-config';
import { deployedFunctions, NotDeployedError } from './deployment/deployed-functions';
import type { LocalstackProject } from './localstack-project';
import { RUN_LOCK, runningPid } from './other-run';

/** A run would replace the pairs or the exchange of another run. */
export class RunReplacedError extends Error {
  override readonly name = 'RunReplacedError';
}

/** Settings that a run must share with another one that shows its table. */
interface SharedSettings {
  readonly pairs: readonly string[];
  /** Up to and with `/api/v4`. */
  readonly exchangeUrl: string;
}

/**
 * Makes sure that a deployment leaves the pairs and the exchange of a run that
 * shows its table as they are: only changed code and other settings are deployed.
 *
 * @throws RunReplacedError that names what is deployed now, and the remedies
 */
export async function assertNothingReplaced(
  { project, run }: Pick<LocalstackCommand, 'project' | 'run'>,
  { pairs, exchange }: Pick<StageConfig, 'pairs'> & { readonly exchange: { readonly url: string } },
): Promise<void> {
  const pid = await runningPid(join(project.folder, RUN_LOCK), run);
  if (pid === undefined) return;
  const current = await deployedSettings(project);
  const changes = current && replacedSettings(current, { pairs, exchangeUrl: exchange.url });
  if (current === undefined || changes === undefined || changes.length === 0) return;
  throw new RunReplacedError(
    `Process ${pid} shows its table, and this run would replace its settings: ${changes.join('; ')}. To deploy changed code only, repeat the flags of that run (--pairs ${current.pairs.join(',')}); to start another run, end that one with Ctrl-C; to replace its settings, give --replace.`,
  );
}

/** Undefined if nothing is deployed that could be replaced. */
async function deployedSettings(project: LocalstackProject): Promise<SharedSettings | undefined> {
  try {
    const { environment } = (await deployedFunctions(project)).fetch;
    const { PAIRS: pairs = '', GATE_IO_URL: exchangeUrl = '' } = environment;
    return { pairs: pairs.split(','), exchangeUrl };
  } catch (error) {
    if (error instanceof NotDeployedError) return undefined;
    throw error;
  }
}

function replacedSettings(current: SharedSettings, wanted: SharedSettings): string[] {
  const changes: string[] = [];
  if (inOrder(current.pairs) !== inOrder(wanted.pairs)) {
    changes.push(`pairs ${current.pairs.join(',')} by ${wanted.pairs.join(',')}`);
  }
  if (current.exchangeUrl !== wanted.exchangeUrl) {
    changes.push(`exchange ${current.exchangeUrl} by ${wanted.exchangeUrl}`);
  }
  return changes;
}

function inOrder(pairs: readonly string[]): string {
  return pairs.toSorted().join(',');
}
