import fc from 'fast-check';
import { chunkAfter, planChunks } from '../../../../lambda/publisher-tiktok/chunks';
import { readConfiguration } from '../../../../lambda/publisher-tiktok/configuration';

const megabyte = 1_000_000;

test.each([
  ['one byte', 1, 1, 1],
  ['below the least chunk', 4 * megabyte, 1, 4 * megabyte],
  ['a byte below two chunks', 32 * megabyte - 1, 1, 32 * megabyte - 1],
  ['two chunks', 32 * megabyte, 2, 16 * megabyte],
  ['two chunks and a rest', 40 * megabyte, 2, 16 * megabyte],
  ['the largest video', 4000 * megabyte, 250, 16 * megabyte],
])('%s', (_name, size, chunkCount, chunkSize) => {
  expect(planChunks(size)).toEqual({ size, chunkCount, chunkSize });
});

test.each([0, -1, 1.5, Number.NaN, 4000 * megabyte + 1])('throws when a video has %d bytes', (size) => {
  expect(() => planChunks(size)).toThrow('got:');
});

test('every plan keeps the rules of TikTok, and its chunks are the file', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4000 * megabyte }), (size) => {
      const plan = planChunks(size);
      let sent = 0;
      let count = 0;
      for (let chunk = chunkAfter(plan, 0); chunk; chunk = chunkAfter(plan, sent)) {
        const length = chunk.last - chunk.first + 1;
        expect(chunk.first).toBe(sent);
        if (plan.chunkCount > 1) expect(length).toBeGreaterThanOrEqual(5 * megabyte);
        expect(length).toBeLessThanOrEqual(chunk.last === size - 1 ? 128 * megabyte : 64 * megabyte);
        sent += length;
        count += 1;
      }
      expect([sent, count]).toEqual([size, plan.chunkCount]);
      expect(plan.chunkCount).toBe(Math.floor(size / plan.chunkSize));
      expect(plan.chunkCount).toBeLessThanOrEqual(1000);
    }),
  );
});

test.each([
  ['nothing', 0, { first: 0, last: 15_999_999 }],
  ['a part of the first chunk', 5, { first: 0, last: 15_999_999 }],
  ['the first chunk', 16 * megabyte, { first: 16 * megabyte, last: 40 * megabyte - 1 }],
  ['a part of the last chunk', 39 * megabyte, { first: 16 * megabyte, last: 40 * megabyte - 1 }],
  ['everything', 40 * megabyte, undefined],
])('what comes after %s', (_name, uploadedBytes, expected) => {
  expect(chunkAfter(planChunks(40 * megabyte), uploadedBytes)).toEqual(expected);
});

describe('configuration', () => {
  const environment = { POSTS_TABLE: 'p', PUBKEYS_TABLE: 'k', TOKENS_TABLE: 't', UPLOAD_BUCKET: 'b' };

  test.each([
    [undefined, 'upload'],
    ['FILE_UPLOAD', 'upload'],
    ['file', 'upload'],
    ['pull', 'pull'],
    ['PULL_FROM_URL', 'pull'],
  ])('TIKTOK_MODE %s is %s', (value, mode) => {
    expect(readConfiguration({ ...environment, TIKTOK_MODE: value })).toMatchObject({
      mode,
      bucket: 'b',
      baseUrl: 'https://open.tiktokapis.com',
    });
  });

  test('throws when the mode is unknown', () => {
    expect(() => readConfiguration({ ...environment, TIKTOK_MODE: 'push' })).toThrow('got: push');
  });
});
