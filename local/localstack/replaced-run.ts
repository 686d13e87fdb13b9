import { join } from 'node:path';
import type { LocalstackCommand } from './command';
import { marketKey } from '../../lambdas/shared/domain/market';
import type { StageConfig } from '../../lib/stages/stage-config';
import { followedExchangeOf, marketsOf } from '../run/followed-by-run';
import type { FollowedPairs } from '../run/run-exchange';
import { deployedExchanges } from './deployment/deployed-exchanges';
import { NotDeployedError } from './deployment/deployed-functions';
import type { LocalstackProject } from './localstack-project';
import { RUN_LOCK, runningPid } from './other-run';

/** A run would replace the pairs or the exchange of another run. */
export class RunReplacedError extends Error {
  override readonly name = 'RunReplacedError';
}

/** Settings that a run must share with another one that shows its table. */
interface SharedSettings {
  readonly markets: readonly string[];
  /** The addresses of the exchanges' APIs. */
  readonly urls: readonly string[];
}

/**
 * Makes sure that a deployment leaves the pairs and the exchange of a run that
 * shows its table as they are: only changed code and other settings are deployed.
 *
 * @throws RunReplacedError that names what is deployed now, and the remedies
 */
export async function assertNothingReplaced(
  { project, run }: Pick<LocalstackCommand, 'project' | 'run'>,
  { exchanges }: Pick<StageConfig, 'exchanges'>,
): Promise<void> {
  const pid = await runningPid(join(project.folder, RUN_LOCK), run);
  if (pid === undefined) return;
  const current = await deployedSettings(project);
  const wanted = sharedSettings(exchanges.map(followedExchangeOf));
  const changes = current && replacedSettings(current, wanted);
  if (current === undefined || changes === undefined || changes.length === 0) return;
  throw new RunReplacedError(
    `Process ${pid} shows its table, and this run would replace its settings: ${changes.join('; ')}. To deploy changed code only, repeat the flags of that run (--pairs ${pairsText(current)}); to start another run, end that one with Ctrl-C; to replace its settings, give --replace.`,
  );
}

/** Undefined if nothing is deployed that could be replaced. */
async function deployedSettings(project: LocalstackProject): Promise<SharedSettings | undefined> {
  try {
    return sharedSettings(await deployedExchanges(project));
  } catch (error) {
    if (error instanceof NotDeployedError) return undefined;
    throw error;
  }
}

function sharedSettings(
  exchanges: readonly (FollowedPairs & { readonly url: string })[],
): SharedSettings {
  return {
    markets: marketsOf({ exchanges }).map(marketKey).sort(),
    urls: exchanges.map(({ url }) => url),
  };
}

function replacedSettings(current: SharedSettings, wanted: SharedSettings): string[] {
  const changes: string[] = [];
  if (current.markets.join() !== wanted.markets.join()) {
    changes.push(`pairs ${pairsText(current)} by ${pairsText(wanted)}`);
  }
  if (current.urls.join() !== wanted.urls.join()) {
    changes.push(`exchange ${current.urls.join(',')} by ${wanted.urls.join(',')}`);
  }
  return changes;
}

/** More markets than this are counted. */
const MOST_NAMED = 50;

/** Pairs alone if all are Gate.io's, as the flag takes them. */
function pairsText({ markets }: SharedSettings): string {
  const gateIo = 'gate-io:';
  const isGateIo = markets.every((market) => market.startsWith(gateIo));
  const names = markets.map((market) => (isGateIo ? market.slice(gateIo.length) : market));
  const further = names.length - MOST_NAMED;
  if (further <= 0) return names.join(',');
  return `${names.slice(0, MOST_NAMED).join(',')} and ${further} more`;
}
