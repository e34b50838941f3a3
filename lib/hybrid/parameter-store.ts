import {
  ParameterAlreadyExists,
  PutParameterCommand,
  paginateGetParametersByPath,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { hybridNames, hybridParameterPath, rollbackParameterName } from '../estate/hybrid';
import type { StateStore } from './live-state';

/**
 * The settings in SSM parameters, below environment variables of the same names that are set.
 *
 * The latch is a parameter of its own that no template makes: whoever writes it first wins, and a deploy leaves it alone.
 *
 * @param path with a slash at its end. @default the path that the estate's stack writes
 */
export function parameterStore(
  client: SSMClient,
  environment: Readonly<Record<string, string | undefined>>,
  path: string = hybridParameterPath,
): StateStore {
  const overrides = Object.fromEntries(
    Object.values(hybridNames).flatMap((name) => {
      const value = environment[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );
  return {
    async read() {
      const values: Record<string, string> = {};
      for await (const { Parameters = [] } of paginateGetParametersByPath(
        { client },
        { Path: path.replace(/\/$/, '') },
      )) {
        for (const { Name = '', Value } of Parameters) if (Value !== undefined) values[Name.slice(path.length)] = Value;
      }
      return { ...values, ...overrides };
    },
    async latch(breach) {
      const Name = `${path}${rollbackParameterName.slice(hybridParameterPath.length)}`;
      const Value = JSON.stringify({ ...breach, at: new Date().toISOString() });
      try {
        await client.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: false }));
      } catch (error) {
        if (!(error instanceof ParameterAlreadyExists)) throw error;
      }
    },
  };
}
