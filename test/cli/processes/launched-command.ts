import { stopAsked } from '../../../cli/command-end';

/** A command that runs until it is asked to stop, and prints why it ends. */
const running = setInterval(() => undefined, 60_000);
const signal = stopAsked();
signal.addEventListener('abort', () => {
  console.log(`ended: ${(signal.reason as Error).name}`);
  clearInterval(running);
});
console.log('started');
