import { environment as names } from '../../lib/estate/environment';
import { requiredSettings } from '../shared/settings';

const { ttlSeconds: ttlVariable, ...required } = names.rotateWsToken;
const defaultTtlSeconds = 3600;

export interface RotationConfiguration {
  readonly agentId: string;
  readonly cluster: string;
  readonly service: string;
  /** Secret that receives the token. */
  readonly secretId: string;
  /** Secret that holds the signing key. */
  readonly signingSecretName: string;
  /** Seconds, 3600 when the variable is absent. */
  readonly ttlSeconds: number;
}

/** @throws Error when a variable is missing, or the time to live is not a whole number of seconds above zero. */
export function readConfiguration(environment: NodeJS.ProcessEnv): RotationConfiguration {
  const ttl = environment[ttlVariable]?.trim() || String(defaultTtlSeconds);
  if (!/^[1-9]\d{0,8}$/.test(ttl)) {
    throw new Error(
      `${ttlVariable} must be a whole number of seconds above zero, got: ${ttl}. Set it to 3600 or leave it out.`,
    );
  }
  return { ...requiredSettings(required, environment), ttlSeconds: Number(ttl) };
}
