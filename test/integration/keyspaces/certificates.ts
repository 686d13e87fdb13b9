import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { javaCommand } from '../../../local/engines/java-runtime';

const LIMIT_MS = 30_000;
const PASSPHRASE = 'candlestream';

/** A key with a certificate that it has signed itself. */
export interface Certificate {
  /** Key and certificate, as PKCS #12. */
  readonly pfx: Buffer;
  readonly passphrase: string;
  /** The certificate alone: whoever has it among its roots trusts it. */
  readonly pemFile: string;
}

/** A folder of certificates, made by the `keytool` that stands beside `java`. */
export class Certificates {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<Certificates> {
    return new Certificates(await mkdtemp(join(tmpdir(), 'keyspaces-handshake-')));
  }

  /** @param names for whom it is, as `dns:localhost` */
  async make(alias: string, ...names: readonly string[]): Promise<Certificate> {
    const store = join(this.#folder, `${alias}.p12`);
    const pemFile = join(this.#folder, `${alias}.pem`);
    const access = ['-keystore', store, '-storepass', PASSPHRASE, '-alias', alias];
    const key = ['-keyalg', 'EC', '-groupname', 'secp256r1', '-dname', `CN=${alias}`];
    const extension = ['-ext', `san=${names.join(',')}`];
    await keytool('-genkeypair', '-storetype', 'PKCS12', ...access, ...key, ...extension);
    await keytool('-exportcert', '-rfc', ...access, '-file', pemFile);
    return { pfx: await readFile(store), passphrase: PASSPHRASE, pemFile };
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }
}

async function keytool(...args: readonly string[]): Promise<void> {
  const command = javaCommand().replace(/java$/, 'keytool');
  await promisify(execFile)(command, args, { timeout: LIMIT_MS });
}
