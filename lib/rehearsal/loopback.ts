import { existsSync, readFileSync } from 'node:fs';

/** Secret key of every process of a rehearsal. It signs requests that nobody verifies. */
export const dummySecretKey = 'rehearsal';

/** Every AWS variable that a rehearsal sets itself; any other one is the caller's. */
const ours = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_S3',
  'AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_EC2_METADATA_DISABLED',
]);

const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];

/**
 * Holds that a process with this environment can reach no AWS account: endpoints on loopback, dummy credentials, empty
 * configuration files, no proxy in between.
 *
 * @throws naming the variable, its value (never a credential's) and the remedy.
 */
export function assertLoopback(environment: NodeJS.ProcessEnv): void {
  const set = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  for (const [name, value] of set) {
    if (proxies.includes(name.toUpperCase())) {
      refuse(`${name} would carry requests off this machine, got: ${value}. Unset it.`);
    }
    if (!name.startsWith('AWS_')) continue;
    if (!ours.has(name)) refuse(`${name} is not one of the rehearsal's own variables. Unset it.`);
    if (name.startsWith('AWS_ENDPOINT_URL') && !isLoopback(value)) {
      refuse(`${name} must be a loopback address, got: ${value}. Set it to the emulator's endpoint.`);
    }
  }
  if (environment.AWS_ENDPOINT_URL === undefined) {
    refuse("AWS_ENDPOINT_URL is missing, so requests would go to AWS. Set it to the emulator's endpoint.");
  }
  // A real access key id has twenty characters and starts with letters.
  if (!/^\d{12}$/.test(environment.AWS_ACCESS_KEY_ID ?? '')) {
    refuse('AWS_ACCESS_KEY_ID must be the account, twelve digits. Take the environment that the emulator gives.');
  }
  if (environment.AWS_SECRET_ACCESS_KEY !== dummySecretKey) {
    refuse("AWS_SECRET_ACCESS_KEY is not the rehearsal's dummy. Take the environment that the emulator gives.");
  }
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) assertEmptyFile(name, environment[name]);
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, protocol } = new URL(url);
  const local = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  return local && protocol === 'http:';
}

function assertEmptyFile(name: string, path: string | undefined): void {
  if (path === undefined || !existsSync(path)) {
    refuse(`${name} must name an existing empty file, or the caller's own is read, got: ${path}. Create one.`);
  } else if (readFileSync(path, 'utf8').trim() !== '') {
    refuse(`${name} must name an empty file, got: ${path}, which has content. Create an empty one.`);
  }
}

function refuse(reason: string): never {
  throw new Error(`The rehearsal must not reach a real account: ${reason}`);
}
