import { OperationError } from '../operation-error';
import type { LeftoverLookUp, NetworkInterface } from './leftover-look-up';

/** Network interfaces that outlive what they were made for, and keep a network from being deleted. */
export type Holder = 'functions' | 'functions and brokers';

/** Options for waiting until network interfaces are gone. */
export interface WaitOptions {
  readonly lookUp: LeftoverLookUp;
  readonly vpcId: string;
  readonly region: string;
  readonly holder: Holder;
  readonly pause: (ms: number) => Promise<void>;
  readonly print: (text: string) => void;
}

const PAUSE_MS = 30_000;
/**
 * AWS takes up to 20 minutes for those of functions, and has taken 40.
 * Source: the AWS Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC".
 */
const MAX_PAUSES = 90;

/**
 * Waits until AWS has removed the network interfaces that it made for functions or brokers.
 *
 * @throws OperationError if some are still there after three quarters of an hour
 */
export async function interfacesGone(options: WaitOptions): Promise<void> {
  const { lookUp, vpcId, region, holder, pause, print } = options;
  let held: readonly NetworkInterface[] = [];
  for (let pauses = 0; pauses <= MAX_PAUSES; pauses += 1) {
    held = heldBy(holder, await lookUp.networkInterfaces(vpcId));
    if (held.length === 0) return;
    if (pauses === 0) print(`${waitingText(held, vpcId)}\n`);
    if (pauses < MAX_PAUSES) await pause(PAUSE_MS);
  }
  throw new OperationError(
    `Network interfaces of ${holder} are still in ${vpcId}: delete each (${held
      .map(({ id }) => deleteCommand(id, region))
      .join('; ')}), then run destroy again`,
  );
}

function heldBy(holder: Holder, interfaces: readonly NetworkInterface[]): NetworkInterface[] {
  return interfaces.filter(
    ({ type, description }) =>
      type === 'lambda' ||
      (holder === 'functions and brokers' && description.includes('Amazon MSK')),
  );
}

function waitingText(held: readonly NetworkInterface[], vpcId: string): string {
  return `waiting until AWS has removed ${held.length} network interfaces from ${vpcId}, which takes up to 40 min`;
}

function deleteCommand(id: string, region: string): string {
  return `aws ec2 delete-network-interface --network-interface-id ${id} --region ${region}`;
}
