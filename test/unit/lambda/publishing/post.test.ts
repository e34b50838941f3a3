import { statuses } from '../../../../lambda/content-dispatcher/plan';
import { concludePost, contentFor, postStatuses } from '../../../../lambda/shared/publishing/post';

const key = { userId: 'user-1', postId: 'post-1' };

test('the statuses are those of the dispatcher', () => {
  expect(postStatuses).toMatchObject({ queued: statuses.queued, dispatched: statuses.dispatched });
});

describe('contentFor', () => {
  test('minimal', () => {
    expect(contentFor('reddit', key)).toEqual(key);
  });

  test('maximum: the variant of the platform goes before the post, and other variants are not looked at', () => {
    const post = {
      ...key,
      title: 'title',
      caption: 'caption',
      assets: [{ key: 'post.jpg' }],
      variants: {
        reddit: { title: 'r', text: 'r text', url: 'https://example.com', subreddit: 'pics', assets: ['r.mp4'] },
        tiktok: { caption: 't' },
      },
    };
    expect(contentFor('reddit', post)).toEqual({
      ...key,
      title: 'r',
      caption: 'r text',
      url: 'https://example.com',
      subreddit: 'pics',
      asset: { key: 'r.mp4', video: true },
    });
    expect(contentFor('tiktok', post)).toMatchObject({ title: 'title', caption: 't', asset: { key: 'post.jpg' } });
    expect(contentFor('instagram', post)).toMatchObject({ caption: 'caption' });
  });

  test.each([
    ['a key as text', 'a/b.jpg', { key: 'a/b.jpg', video: false }],
    ['an address as text', 'https://example.com/b.MOV?x=1', { url: 'https://example.com/b.MOV?x=1', video: true }],
    ['the other name of a key', { s3Key: 'b.m4v' }, { key: 'b.m4v', video: true }],
    ['a content type goes before the name', { key: 'b', contentType: 'video/mp4' }, { key: 'b', video: true }],
    ['a content type that is no video', { key: 'b.mp4', contentType: 'image/png' }, { key: 'b.mp4', video: false }],
    [
      'an address goes before a key',
      { url: 'https://e.com/a.jpg', key: 'b' },
      { url: 'https://e.com/a.jpg', video: false },
    ],
    ['an empty asset', {}, undefined],
  ])('%s', (_name, asset, expected) => {
    expect(contentFor('instagram', { ...key, assets: [asset, 'second.jpg'] }).asset).toEqual(expected);
  });

  test('throws when an attribute is of another type', () => {
    expect(() => contentFor('reddit', { ...key, title: 7 })).toThrow('title');
  });
});

describe('concludePost', () => {
  const instagram = new Set(['instagram']);
  test.each([
    [
      'all that the dispatcher sent are out',
      { status: 'dispatched', dispatchedPlatforms: ['instagram'], postedPlatforms: instagram },
      'posted',
    ],
    [
      'a platform without a queue does not count',
      {
        status: 'dispatched',
        platformTargets: ['instagram', 'twitter'],
        dispatchedPlatforms: ['instagram'],
        postedPlatforms: instagram,
      },
      'posted',
    ],
    [
      'one is missing',
      { status: 'dispatched', dispatchedPlatforms: ['instagram', 'reddit'], postedPlatforms: instagram },
      'open',
    ],
    ['a dispatched post that names no platform', { status: 'dispatched', postedPlatforms: instagram }, 'open'],
    [
      'all targets are out before the dispatcher wrote anything',
      { status: 'queued', platformTargets: instagram, postedPlatforms: instagram },
      'posted',
    ],
    [
      'only the dispatcher knows whether the rest has a queue',
      { status: 'queued', platformTargets: ['instagram', 'twitter'], postedPlatforms: instagram },
      'undecided',
    ],
    [
      'what an earlier dispatch wrote does not count once it is queued again',
      {
        status: 'queued',
        platformTargets: ['instagram', 'reddit'],
        dispatchedPlatforms: ['instagram'],
        postedPlatforms: instagram,
      },
      'undecided',
    ],
    [
      'its author has taken it back',
      { status: 'draft', platformTargets: ['instagram'], postedPlatforms: instagram },
      'open',
    ],
    [
      'it is posted already',
      { status: 'posted', dispatchedPlatforms: ['instagram'], postedPlatforms: instagram },
      'open',
    ],
  ])('%s', (_name, item, expected) => {
    expect(concludePost(item)).toBe(expected);
  });
});
