declare module 'aws-sigv4-auth-cassandra-plugin' {
  import type { auth } from 'cassandra-driver';

  interface Options {
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string | undefined;
  }

  /** The published authentication of Keyspaces, which has no types. */
  export const SigV4AuthProvider: new (options: Options) => auth.AuthProvider;
}
