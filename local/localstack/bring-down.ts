import { join } from 'node:path';
import { composeOf, type LocalstackCommand, step } from './command';
import { stopOtherRun } from './other-run';
import { RUN_LOCK } from './bring-up';

/** Ends all that a run started: its process, the containers, the functions' containers, the network. */
export async function bringDown(
  { volumes }: { readonly volumes: boolean },
  command: LocalstackCommand,
): Promise<void> {
  const { place, run, shown } = command;
  const compose = composeOf(command);
  await compose.check();
  const pid = await stopOtherRun(join(place.folder, RUN_LOCK), run);
  if (pid !== undefined) shown.note(`process ${pid} has stopped`);
  await step(command, 'containers and network removed', () => compose.down({ volumes }));
  shown.note(
    volumes ? 'the data is forgotten' : 'the data stays; --down --volumes forgets it, too',
  );
}
