/** Where brokers listen for clients that authenticate with IAM. */
export const KAFKA_IAM_PORT = 9098;

/** Where Keyspaces listens. */
export const KEYSPACES_PORT = 9142;
