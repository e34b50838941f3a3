import { concludeDispatch, type DuePost, planDispatch } from '../../../../lambda/content-dispatcher/plan';

const queueUrls = {
  instagram: 'https://queue/instagram',
  reddit: 'https://queue/reddit',
  tiktok: 'https://queue/tiktok',
};

const post = (targets: string[], alreadySent: string[] = []): DuePost => ({
  userId: 'u',
  postId: 'p',
  targets,
  alreadySent,
});

test.each([
  ['minimal: no target', post([]), [], []],
  ['one target', post(['reddit']), ['reddit'], []],
  [
    'maximum: every platform with a queue',
    post(['tiktok', 'reddit', 'instagram']),
    ['instagram', 'reddit', 'tiktok'],
    [],
  ],
  ['a platform without a queue is skipped', post(['reddit', 'twitter']), ['reddit'], ['twitter']],
  ['an unknown platform is skipped', post(['reddit', 'myspace']), ['reddit'], ['myspace']],
  ['a name of Object.prototype is no platform', post(['constructor']), [], ['constructor']],
  ['a target named twice is sent once', post(['reddit', 'reddit']), ['reddit'], []],
  ['what is recorded as sent is not sent again', post(['reddit', 'tiktok'], ['reddit']), ['tiktok'], []],
])('plan: %s', (_, given, send, skip) => {
  expect(planDispatch(given, queueUrls)).toEqual({ send, skip });
});

test.each([
  ['all sent', post(['reddit']), ['reddit'], { kind: 'done', status: 'dispatched', sent: ['reddit'], skipped: [] }],
  [
    'all sent, the first by an earlier run',
    post(['reddit', 'tiktok'], ['reddit']),
    ['tiktok'],
    { kind: 'done', status: 'dispatched', sent: ['reddit', 'tiktok'], skipped: [] },
  ],
  [
    'an earlier run sent all and died before it could say so',
    post(['reddit'], ['reddit']),
    [],
    { kind: 'done', status: 'dispatched', sent: ['reddit'], skipped: [] },
  ],
  [
    'sent where there is a queue',
    post(['reddit', 'twitter']),
    ['reddit'],
    { kind: 'done', status: 'dispatched', sent: ['reddit'], skipped: ['twitter'] },
  ],
  ['nowhere to send', post(['twitter']), [], { kind: 'done', status: 'skipped', sent: [], skipped: ['twitter'] }],
  ['no target at all', post([]), [], { kind: 'done', status: 'skipped', sent: [], skipped: [] }],
  ['sent in part', post(['reddit', 'tiktok']), ['reddit'], { kind: 'progress', sent: ['reddit'] }],
  ['nothing sent', post(['reddit']), [], { kind: 'unchanged' }],
] as const)('conclusion: %s', (_, given, sent, conclusion) => {
  expect(concludeDispatch(given, planDispatch(given, queueUrls), sent)).toEqual(conclusion);
});
