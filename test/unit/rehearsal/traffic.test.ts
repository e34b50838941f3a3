import { inTime, until } from '../../../lib/rehearsal/traffic/patience';

const aMoment = 0.3;

describe('until', () => {
  test('minimal: what is found at once', async () => {
    await expect(until('it is there', async () => 'found', aMoment)).resolves.toBe('found');
  });

  test('maximum: what is found at last, whatever is neither undefined nor false', async () => {
    const looks = [undefined, false, 0] as const;
    let look = 0;
    await expect(until('it is there', async () => looks[look++], 2)).resolves.toBe(0);
  });

  test.each([
    ['nothing is found', async () => undefined],
    ['it never holds', async () => false as const],
  ])('throws when %s', async (_name, look) => {
    await expect(until('it is there', look, aMoment)).rejects.toThrow('Waited 0.3 s in vain until it is there.');
  });
});

describe('inTime', () => {
  test('gives what the work gives', async () => {
    await expect(inTime('it is done', Promise.resolve('done'), aMoment)).resolves.toBe('done');
  });

  test("throws the work's own error", async () => {
    await expect(inTime('it is done', Promise.reject(new Error('broken')), aMoment)).rejects.toThrow('broken');
  });

  test('throws when the work never ends', async () => {
    await expect(inTime('it is done', new Promise(() => undefined), aMoment)).rejects.toThrow(
      'Waited 0.3 s in vain until it is done.',
    );
  });
});
