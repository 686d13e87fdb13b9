import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import {
  EXCHANGE_NAMES,
  type ExchangeName,
} from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { PAIRS_METADATA_KEY } from '../../../lib/stages/followed-pairs';
import type { FollowedPairs } from '../../run/run-exchange';
import { clientConfig, type LocalstackProject } from '../localstack-project';
import { ANSWER_LIMIT_MS, NotDeployedError } from './deployed-functions';

/** An exchange that the functions deployed in LocalStack follow. */
export interface DeployedExchange extends FollowedPairs {
  /** The address of its API as functions reach it. */
  readonly url: string;
}

const STACK = 'Candlestream-localstack-Pipeline';

const ByExchange = <T extends v.GenericSchema>(schema: T) =>
  v.record(v.picklist(EXCHANGE_NAMES), schema);

const FollowingFunction = v.object({
  Metadata: v.object({ [PAIRS_METADATA_KEY]: ByExchange(v.array(v.string())) }),
  Properties: v.object({
    Environment: v.object({
      Variables: v.object({
        EXCHANGES: v.pipe(v.string(), v.parseJson(), ByExchange(v.object({ url: v.string() }))),
      }),
    }),
  }),
});

const Template = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ Resources: v.record(v.string(), v.unknown()) }),
);

/**
 * The exchanges that are followed by what is deployed in LocalStack.
 *
 * @throws NotDeployedError if the stack is missing, or LocalStack does not answer
 */
export async function deployedExchanges(project: LocalstackProject): Promise<DeployedExchange[]> {
  const client = new CloudFormationClient(clientConfig(project));
  try {
    const { TemplateBody: body } = await client.send(
      new GetTemplateCommand({ StackName: STACK, TemplateStage: 'Original' }),
      { abortSignal: AbortSignal.timeout(ANSWER_LIMIT_MS) },
    );
    return exchangesIn(body);
  } catch (cause) {
    throw new NotDeployedError(
      `LocalStack has no template of ${STACK} on port ${project.ports.localstack} (${String(cause)}): deploy it with "npm run localstack"`,
      { cause },
    );
  } finally {
    client.destroy();
  }
}

/** The exchanges that the template of a stack names, with the pairs that stand beside the code of its functions. */
export function exchangesIn(templateBody: string | undefined): DeployedExchange[] {
  const { Resources: resources } = v.parse(Template, templateBody);
  const following = Object.values(resources).find((resource) => v.is(FollowingFunction, resource));
  const { Metadata, Properties } = v.parse(FollowingFunction, following);
  const entries = Object.entries(Properties.Environment.Variables.EXCHANGES);
  return (entries as [ExchangeName, { readonly url: string }][]).map(([exchange, { url }]) => ({
    exchange,
    url,
    pairs: Metadata[PAIRS_METADATA_KEY][exchange] ?? [],
  }));
}
