import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DecryptCommand } from '@aws-sdk/client-kms';
import { factsSchema } from '../../../lib/adopt/facts';
import { type LookUpClients, lookUpCalls, lookUpClients } from '../../../lib/adopt/live/clients';
import { lookUp } from '../../../lib/adopt/look-up';
import { NotReadOnlyError } from '../../../lib/audit/clients';
import { projectRoot } from '../../support/estate';
import { account, region, stackOf } from './templates';

describe('the list of calls', () => {
  const folders = [join(projectRoot, 'lib', 'adopt', 'live'), join(projectRoot, 'lib', 'audit')];
  const source = [join(projectRoot, 'lib', 'adopt', 'look-up.ts')]
    .concat(
      folders.flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.ts'))
          .map((file) => join(folder, file)),
      ),
    )
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const sent = [...source.matchAll(/(?:new ([A-Z]\w+)Command|paginate([A-Z]\w+))\(/g)].map(
    ([, command, page]) => command ?? page ?? '',
  );
  const listed = Object.values(lookUpCalls).flat();

  test('holds every call of the look-up, and no other', () => {
    expect(sent.filter((command) => !listed.includes(command))).toEqual([]);
    expect(listed.filter((command) => !sent.includes(command))).toEqual([]);
  });

  test('holds none that returns a secret, an object, an item or a message', () => {
    const data = [
      'GetSecretValue',
      'GetObject',
      'GetItem',
      'Query',
      'Scan',
      'GetParameter',
      'ReceiveMessage',
      'Decrypt',
    ];
    expect(listed.filter((command) => data.includes(command))).toEqual([]);
  });

  // Nothing listens on port 9: whatever gets that far fails with another error.
  const clients = lookUpClients({
    region,
    endpoint: 'http://127.0.0.1:9',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  test.each([
    ['Decrypt', () => clients.kms.send(new DecryptCommand({ CiphertextBlob: new Uint8Array() }))],
    [
      'PutRolePolicy',
      () => clients.iam.send(new PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'p', PolicyDocument: '' })),
    ],
    ['DescribeInstances', () => clients.ec2.send(new DescribeInstancesCommand({}))],
  ])('%s is refused before it leaves the machine', async (_name, send) => {
    await expect(send()).rejects.toThrow(NotReadOnlyError);
  });
});

describe('lookUp', () => {
  const code = Buffer.from('a package');
  const sha256 = createHash('sha256').update(code).digest();
  let server: Server;
  let location: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      response.statusCode = request.url === '/code' ? 200 : 403;
      response.end(code);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    location = `http://127.0.0.1:${(server.address() as AddressInfo).port}/code`;
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  const absent = (name: string) => Promise.reject(Object.assign(new Error('no'), { name }));
  const clientsWith = (codeSha256: Buffer, at: string, holder?: string) =>
    ({
      lambda: {
        send: async ({ input }: { input: { FunctionName: string } }) =>
          input.FunctionName === 'there'
            ? {
                Configuration: {
                  FunctionName: 'there',
                  FunctionArn: 'arn:there',
                  CodeSha256: codeSha256.toString('base64'),
                  Environment: { Variables: { TOKEN: '(dropped)' } },
                },
                Code: { Location: at },
              }
            : absent('ResourceNotFoundException'),
      },
      cloudFormation: {
        send: async () =>
          holder === undefined
            ? absent('ValidationError')
            : { StackResources: [{ StackName: holder, PhysicalResourceId: 'there' }] },
      },
    }) as unknown as LookUpClients;

  const stacks = [
    stackOf('functions', {
      There: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'there' } },
      Missing: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'missing' } },
      Beside: { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: { Ref: 'There' } } },
    }),
  ];
  const options = { stacks, account, region, now: new Date(0) };

  test('says of each resource that could be imported what lives, or that nothing does', async () => {
    const facts = await lookUp({ ...options, clients: clientsWith(sha256, location) });
    expect(factsSchema.safeParse(facts).success).toBe(true);
    expect(Object.keys(facts.resources)).toEqual(['functions/There', 'functions/Missing']);
    expect(facts.resources['functions/Missing']?.live).toBeNull();
    expect(facts.resources['functions/There']?.live).toMatchObject({
      identifier: { FunctionName: 'there' },
      ref: 'there',
      attributes: { Arn: 'arn:there' },
      code: { sha256: sha256.toString('hex') },
    });
    expect(JSON.stringify(facts)).not.toContain('TOKEN');
  });

  test('keeps the package of a function beside the facts', async () => {
    const codeFolder = mkdtempSync(join(tmpdir(), 'adopt-code-'));
    const facts = await lookUp({ ...options, codeFolder, clients: clientsWith(sha256, location) });
    const file = facts.resources['functions/There']?.live?.code?.file ?? '';
    expect(file).toBe(`${sha256.toString('hex')}.zip`);
    expect(readFileSync(join(codeFolder, file))).toEqual(code);
  });

  test.each<[string, Buffer, string, string]>([
    ['is not what Lambda says', Buffer.alloc(32), '/code', 'is not what Lambda says it is'],
    ['may not be read', Buffer.alloc(32), '/expired', 'got: HTTP 403'],
  ])('stops when a package %s, and keeps nothing', async (_title, digest, path, message) => {
    const codeFolder = mkdtempSync(join(tmpdir(), 'adopt-code-'));
    const clients = clientsWith(digest, location.replace('/code', path));
    await expect(lookUp({ ...options, codeFolder, clients })).rejects.toThrow(message);
    expect(readdirSync(codeFolder)).toEqual([]);
  });

  test('names the stack that holds a resource, from CloudFormation', async () => {
    const facts = await lookUp({ ...options, clients: clientsWith(sha256, location, 'huntaze-prisma-skeleton') });
    expect(facts.resources['functions/There']?.live?.heldBy).toBe('huntaze-prisma-skeleton');
  });

  test('does not take a refusal for absence', async () => {
    const clients = {
      ...clientsWith(sha256, location),
      lambda: { send: () => absent('AccessDeniedException') },
    } as unknown as LookUpClients;
    await expect(lookUp({ ...options, clients })).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
