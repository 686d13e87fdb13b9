import * as v from 'valibot';
import { ALL_FUNCTIONS } from '../../../lib/naming/function-names';
import { ASSUMED } from '../workload/assumptions';
import { type CostLine, fixedLine, growingLine } from '../cost-line';
import { gigabyteSeconds, millions, millionsText, sum, times } from '../money';
import { PRICES } from '../prices';
import { propertiesOf } from './priced-properties';
import type { StageResource } from '../../stages/stage-resources';
import { NOT_USED, type Usage } from '../workload/usage';

const FunctionProperties = v.object({
  MemorySize: v.number(),
  Architectures: v.tuple([v.picklist(['arm64', 'x86_64'])]),
  EphemeralStorage: v.optional(v.object({ Size: v.literal(512) })),
  Environment: v.object({
    Variables: v.object({ POWERTOOLS_SERVICE_NAME: v.picklist(ALL_FUNCTIONS) }),
  }),
});

const Mapping = v.object({
  ProvisionedPollerConfig: v.optional(
    v.object({ MinimumPollers: v.number(), PollerGroupName: v.optional(v.string()) }),
  ),
});

/** Cost of running the functions; one that is not used costs nothing. */
export function functionLines(
  functions: readonly StageResource[],
  usage: Pick<Usage, 'functions'>,
): CostLine[] {
  return functions.flatMap((resource) => functionLine(resource, usage));
}

function functionLine(resource: StageResource, usage: Pick<Usage, 'functions'>): CostLine[] {
  const {
    MemorySize: memoryMib,
    Architectures,
    Environment,
  } = propertiesOf(resource, FunctionProperties);
  const [architecture] = Architectures;
  const name = Environment.Variables.POWERTOOLS_SERVICE_NAME;
  const { invocations, durationMs } = usage.functions[name] ?? NOT_USED;
  if (invocations === 0n) return [];
  const perGbSecond =
    architecture === 'arm64' ? PRICES.lambdaArm64PerGbSecond : PRICES.lambdaX86PerGbSecond;
  const usd = sum([
    times(perGbSecond, gigabyteSeconds(memoryMib, durationMs)),
    times(PRICES.lambdaPerMillionRequests, millions(invocations)),
  ]);
  const averageMs = durationMs / invocations;
  const what = `${name}: ${millionsText(invocations)} runs of ${averageMs} ms, ${memoryMib} MB ${architecture}`;
  return [growingLine('Functions', what, usd)];
}

/** Cost of provisioned pollers; pollers on demand are free. */
export function pollerLines(mappings: readonly StageResource[]): CostLine[] {
  const units = pollerUnits(mappings);
  if (units === 0) return [];
  const hours = BigInt(units) * ASSUMED.hoursPerMonth;
  const usd = times(PRICES.eventPollerUnitPerHour, hours);
  return [fixedLine('Functions', `${units} x event poller unit`, usd)];
}

/** Event sources share units only within a poller group. */
function pollerUnits(mappings: readonly StageResource[]): number {
  const pollers = new Map<string, number>();
  for (const resource of mappings) {
    const { ProvisionedPollerConfig: config } = propertiesOf(resource, Mapping);
    if (config === undefined) continue;
    const { MinimumPollers, PollerGroupName } = config;
    const group = PollerGroupName ?? `alone: ${resource.stack}/${resource.logicalId}`;
    pollers.set(group, (pollers.get(group) ?? 0) + MinimumPollers);
  }
  return [...pollers.values()].reduce(
    (units, count) => units + Math.ceil(count / ASSUMED.pollersPerUnit),
    0,
  );
}
