import { openContainerExchange } from './container-exchange';

// The exchanges of a LocalStack run, in a container: functions in containers do
// not reach this machine's loopback address.

async function serve(): Promise<void> {
  // Inside the container; on this machine the port is published on loopback only.
  const exchange = await openContainerExchange(process.env, { host: '0.0.0.0', port: 4570 });
  console.log(exchange.description);
  process.on('SIGTERM', () => void exchange.stop().then(() => process.exit()));
}

void serve();
