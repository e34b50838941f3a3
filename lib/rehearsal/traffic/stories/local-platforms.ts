import assert from 'node:assert/strict';
import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { environment as names } from '../../../estate/environment';
import { probeFunction } from '../../../estate/hybrid';
import type { Platforms } from '../../platforms';
import { rehearsedVariables } from '../../platforms/azure';
import { functionRow } from '../functions';
import { until } from '../patience';
import { queueUrl } from '../queues';
import type { Story } from '../scene';

interface Redirection {
  readonly function: string;
  readonly variables: (platforms: Platforms) => Readonly<Record<string, string>>;
  /** Seconds. A dead run's lease ends with the function's timeout, and nobody waits a minute for that. @default as deployed */
  readonly timeout?: number;
}

const redirections: readonly Redirection[] = [
  {
    function: 'publisher-instagram',
    variables: ({ instagram }) => ({ [names.publisherInstagram.baseUrl]: instagram.url }),
    timeout: 14,
  },
  {
    function: 'publisher-reddit',
    variables: ({ reddit }) => ({ [names.publisherReddit.baseUrl]: reddit.url }),
    timeout: 14,
  },
  {
    function: 'publisher-tiktok',
    variables: ({ tiktok }) => ({ [names.publisherTiktok.baseUrl]: tiktok.url }),
    // It begins no chunk of a video with less than 28 s left.
    timeout: 32,
  },
  {
    function: 'OAuthRefreshStack-RefreshOAuthTokensFn98A56602-DJB5YObxRREC',
    variables: ({ instagram, reddit, tiktok }) => ({
      [names.oauthRefresh.instagramBaseUrl]: instagram.url,
      [names.oauthRefresh.redditBaseUrl]: reddit.url,
      [names.oauthRefresh.tiktokBaseUrl]: tiktok.url,
    }),
  },
  { function: probeFunction, variables: rehearsedVariables },
];

/** Seconds after which a failed message of a publisher comes back; minutes in the estate. */
const visibilitySeconds = 6;

/** Comes after the read-back and before all other traffic: the templates stay as they are. */
export const localPlatforms: Story = {
  title: 'The functions that call platforms are pointed at servers of this machine',
  async tell(scene, fact) {
    await Promise.all(redirections.map((redirection) => redirect(scene.lambda, scene.platforms, redirection)));
    for (const { function: name, variables, timeout } of redirections) {
      const set = Object.entries(variables(scene.platforms)).map(([variable, value]) => `${variable} ${value}`);
      fact(`${name}: ${[...set, ...(timeout ? [`timeout ${timeout} s`] : [])].join(', ')}`);
    }

    for (const { function: name } of redirections) {
      const { consumes } = functionRow(name);
      if (!consumes) continue;
      const Attributes = { VisibilityTimeout: String(visibilitySeconds) };
      const QueueUrl = await queueUrl(scene, consumes.queue);
      await scene.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
      fact(`${consumes.queue}: visibility timeout ${visibilitySeconds} s`);
    }

    fact(`${await assertLocal(scene.lambda)} functions: no variable holds the HTTP address of another machine`);
    // Redis and PostgreSQL are only records in the emulator; these two are tested against real servers elsewhere.
    fact('not run here, for want of Redis and PostgreSQL: huntaze-rate-limiter, huntaze-prisma-read');
  },
};

async function redirect(lambda: LambdaClient, platforms: Platforms, { function: name, ...to }: Redirection) {
  const before = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  await lambda.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: name,
      Environment: { Variables: { ...before.Environment?.Variables, ...to.variables(platforms) } },
      Timeout: to.timeout,
    }),
  );
  await until(`${name} is updated`, async () => {
    const { LastUpdateStatus } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    return LastUpdateStatus === 'Successful';
  });
}

/** @returns how many functions were looked at. @throws when one has an HTTP address of another machine. */
async function assertLocal(lambda: LambdaClient): Promise<number> {
  let count = 0;
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName, Environment } of Functions) {
      count += 1;
      for (const [variable, value] of Object.entries(Environment?.Variables ?? {})) {
        if (!/^https?:/i.test(value)) continue;
        const { hostname } = new URL(value);
        assert.match(hostname, /^127\./, `${variable} of ${FunctionName} leads off this machine: ${value}`);
      }
    }
  }
  return count;
}
